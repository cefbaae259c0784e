// The toolbox image on a real cluster, both modes: npm run test:toolbox. KUBECONFIG, CLUSTER_CONTEXT and CLUSTER_NAMESPACE say where.
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { containerOptions, holdersOf, lookWords, volume } from "../../../../pipeline/src/toolbox.ts";
import { type Finished, run, start } from "../../../../testing/process.ts";
import { modeNames } from "../../src/modes.ts";
import { until } from "../../src/until.ts";
import { fliptComponent, Place } from "./place.ts";

const image = process.env.TOOLBOX_IMAGE || "flipt-sidecar-lab/toolbox:0.1.0";
const only = process.env.TOOLBOX_ONLY || "locality|cluster";
const place = await Place.reach("-toolbox");
const state = await mkdtemp(join(tmpdir(), "toolbox-"));

/** The toolbox as people run it: the host's network, and a folder for its state that holds the kubeconfig. */
const toolbox = (args: string[], more: string[] = []): Promise<Finished> =>
  run("docker", { args: ["run", "--rm", "--network", "host", "--volume", `${state}:/state`, ...more, image, ...args] });

const lab = ([command = "", ...rest]: string[]): Promise<Finished> => toolbox([command, ...place.args, ...rest]);

async function demand(args: string[]): Promise<string> {
  const started = Date.now();
  const { code, stdout, stderr } = await lab(args);
  assert.is(code, 0, `lab ${args.join(" ")}\n${stdout}${stderr}`);
  console.log(
    `measured ${args.slice(0, 3).join(" ").padEnd(32)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`,
  );
  return stdout;
}

const test = suite("toolbox");

test.before(async () => {
  const path = process.env.KUBECONFIG || join(process.env.HOME ?? "", ".kube/config");
  await writeFile(join(state, "kubeconfig"), await readFile(path));
  await chmod(join(state, "kubeconfig"), 0o600);
});
test.after(async () => {
  await place.remove();
  // The container's root has written there too.
  await toolbox(["-c", "rm -rf /state/..?* /state/.[!.]* /state/*"], ["--entrypoint", "sh"]);
  await rm(state, { recursive: true, force: true });
});

test("programs :: minikube, kubectl and docker can be run in it", async () => {
  const say = "minikube version --output json && kubectl version --client && docker --version";
  const { code, stdout, stderr } = await toolbox(["-c", say], ["--entrypoint", "sh"]);
  assert.is(code, 0, stderr);
  assert.match(stdout, /"minikubeVersion":"v1.38.1"[\s\S]*Client Version: v1[\s\S]*Docker version 2\d/);
});

for (const [what, args, exit, line] of [
  ["local processes are not in it", ["up"], 2, /^lab: local processes are not in this installation of the lab; .*\n$/],
  [
    "no socket",
    ["cluster", "start"],
    2,
    /^lab: minikube start failed \(exit 14\): MK_USAGE: .*Cannot connect to the Docker daemon.*\n$/,
  ],
  ["an unknown mode", ["up", "--mode", "s3"], 3, /^lab: option '--mode <mode>' argument 's3' is invalid.*\n$/],
] as [string, string[], number, RegExp][]) {
  test(`fails in one line :: ${what}`, async () => {
    const { code, stderr } = await toolbox(args);
    assert.match(stderr, line);
    assert.is(code, exit);
  });
}

const socket = "/var/run/docker.sock";
const docker = (...args: string[]): Promise<Finished> => run("docker", { args });
const look = async () => {
  const words = lookWords(socket);
  return holdersOf(words, (await run("docker", { args: words.slice(1) })).stdout) ?? [];
};

test("the module's containers :: one whose client is killed works on, is found, keeps its name, and ends when it is told to", async () => {
  const { stdout: before } = await docker("volume", "ls", "--quiet", "--filter", `name=^${volume}$`);
  assert.is(before, "", "somebody's state is on this machine: dagger call down removes it");
  const options = containerOptions({ act: "up", socket });
  const held = ["run", "--rm", ...options, "--entrypoint", "node", image, "-e", "setTimeout(() => {}, 600_000)"];
  const client = start("docker", { args: held });
  try {
    const found = async () => (await look()).map(({ name, state }) => `${name} ${state}`);
    const running = "flipt-sidecar-lab.up running";
    await until("the container", { seconds: 30, everyMs: 200 }, async () =>
      (await found()).includes(running) ? { value: true } : { seen: client.output() },
    );
    client.child.kill("SIGKILL");
    await client.finished;
    assert.equal(await found(), [running]);
    const second = await run("docker", { args: held });
    assert.match(second.stderr, 'The container name "/flipt-sidecar-lab.up" is already in use');
    assert.is((await docker("volume", "rm", volume)).code, 1);
    assert.is((await docker("stop", "--time", "1", "flipt-sidecar-lab.up")).code, 0);
    assert.equal(await found(), []);
  } finally {
    await docker("rm", "--force", "flipt-sidecar-lab.up");
    await docker("volume", "rm", volume);
  }
});

test("the module's containers :: a socket that is not that of their Docker is told from it, and none is made where there is none", async () => {
  const path = join(state, "none.sock");
  const words = lookWords(path);
  const { code, stderr } = await run("docker", { args: words.slice(1) });
  assert.equal([code, /bind source path does not exist/.test(stderr), existsSync(path)], [125, true, false]);
  assert.is(holdersOf(words, "flipt-sidecar-lab.up\trunning\tnow\n"), undefined);
  await docker("volume", "rm", volume);
});

for (const mode of modeNames) {
  test(`${mode} :: up, a second up, verify, status`, async () => {
    assert.match(await demand(["up", "--mode", mode, ...fliptComponent]), /flipt-sidecar +flag ".*" is (true|false)/);
    assert.match(await demand(["up", "--mode", mode, ...fliptComponent]), / 0 created, 0 changed/);
    const proved = await demand(["verify", "--mode", mode, "--only", only, ...fliptComponent]);
    assert.match(proved, new RegExp(`mode ${mode} verified: [1-9]\\d* passed, 0 failed`));
    const { verdict, hops } = JSON.parse(await demand(["status", "--output", "json"]));
    assert.is.not(verdict, "broken");
    assert.ok(hops.every(({ ok }: { ok: boolean }) => ok));
  });
}

test("hints :: for who has called by Dagger", async () => {
  const flags = " --kubeconfig ./config --api tcp://127.0.0.1:6443";
  const nowhere = ["status", ...place.args.slice(0, -1), "nowhere"];
  const { code, stderr } = await toolbox(nowhere, ["--env", `LAB_DAGGER=${flags}`]);
  assert.is(code, 2);
  assert.match(stderr, `; start one with: dagger call up${flags} --namespace nowhere\n`);
});

test("diagnostics :: come out by the folder", async () => {
  const { code, stdout, stderr } = await lab(["diagnostics", "--output", "/state/diagnostics"]);
  assert.is(code, 0, stderr);
  assert.is(stdout.trim().split("\n").at(-1), "states, events and logs: /state/diagnostics");
  for (const name of ["objects.yaml", "events.txt", "hops.json", "flipt-master.log"])
    assert.ok((await readFile(join(state, "diagnostics", name), "utf8")).length > 0, name);
});

test("down :: leaves nothing", async () => {
  await demand(["down"]);
  assert.equal(
    (await place.leftovers()).filter((name) => !name.startsWith("namespace")),
    [],
  );
});

test.run();
