// The ring on a real minikube v1.38.1, from nothing to nothing: npm run test:minikube. On the PATH: minikube, docker, kubectl; in Docker:
// the lab's images (npm run images). MINIKUBE_BIN, a plain minikube that cannot pull its node image, shows what a start says that fails.
import { accessSync, constants, existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { type Finished, type Running, run, start } from "../../../../testing/process.ts";
import { parseEvent } from "../../src/drivers/minikube/events.ts";
import { startArguments } from "../../src/drivers/minikube/minikube.ts";
import { until } from "../../src/until.ts";
import { locate, Stand } from "./stand.ts";

const profile = "flipt-lab-test";
const emulator = ["--mode", "local", "--component", "flipt-emulator", "--component", "fast"];
const images = ["exporter", "evaluation-client", "flipt-emulator"].map((name) => `flipt-sidecar-lab/${name}:0.1.0`);
const toolbox = "flipt-sidecar-lab/toolbox:0.1.0";
const plain = process.env.MINIKUBE_BIN;
const dead = { DOCKER_HOST: "unix:///nonexistent.sock" };

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const docker = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run("docker", { args });
  assert.is(code, 0, `docker ${args.join(" ")}: ${stderr}`);
  return stdout;
};

/** What the machine lacks, one line each. */
async function lacks(): Promise<string[]> {
  const programs = ["minikube", "docker", "kubectl"];
  const paths = await Promise.all(programs.map(locate));
  const missing = programs.filter((_, at) => !paths[at]).map((name) => `${name} is not on the PATH`);
  if (missing.length > 0) return missing;
  const { code, stderr } = await run("docker", { args: ["version"] });
  if (code !== 0) return [`Docker does not answer: ${lines(stderr).at(-1)}`];
  const found = await Promise.all(images.map((name) => run("docker", { args: ["image", "inspect", name] })));
  return images
    .filter((_, at) => found[at]?.code !== 0)
    .map((name) => `Docker has no ${name}; build it with: npm run images`);
}

const lacking = await lacks();
if (lacking.length > 0) {
  console.error(
    `test:minikube starts a real minikube, and cannot here:\n${lacking.map((line) => `  ${line}`).join("\n")}`,
  );
  process.exit(1);
}

const stand = await Stand.open([]);
const env = { ...stand.env, PATH: process.env.PATH ?? "" };

/** What Docker holds, by name, of whatever kind and whosoever. */
async function objects(): Promise<string[]> {
  const lists = [
    ["container", "ls", "--all", "--format", "container {{.Names}}"],
    ["network", "ls", "--format", "network {{.Name}}"],
    ["volume", "ls", "--format", "volume {{.Name}}"],
    ["image", "ls", "--format", "image {{.Repository}}:{{.Tag}}", "--filter", "dangling=false"],
  ];
  return (await Promise.all(lists.map(async (words) => lines(await docker(...words))))).flat().sort();
}

/** Those that concern the profile, or that a start of it brings. */
const ours = (each: string): boolean => each.includes(profile) || each.startsWith("image ");

const words = ([command = "", ...rest]: string[]): string[] =>
  command === "cluster"
    ? [command, ...rest, "--profile", profile]
    : [command, "--on", "minikube", "--profile", profile, ...rest];

const lab = (args: string[], more: Record<string, string> = {}): Running =>
  stand.start(words(args), { ...env, ...more });

async function demand(...args: string[]): Promise<string> {
  const started = Date.now();
  const { code, stdout, stderr } = await lab(args).finished;
  console.log(
    `measured ${args.join(" ").slice(0, 40).padEnd(40)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`,
  );
  assert.is(code, 0, `lab ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

async function refused(args: string[], line: RegExp, more: Record<string, string> = {}): Promise<void> {
  const { code, stdout, stderr } = await lab(args, more).finished;
  assert.match(stderr, line, stdout);
  assert.is(code, 2);
}

async function reach(running: Running, text: string | RegExp): Promise<void> {
  await until(`"${text}"`, { seconds: 180 }, async () => {
    if (running.output().match(text)) return { value: true };
    assert.is(running.child.exitCode, null, running.output());
    return { seen: running.output() };
  });
}

async function interrupt(running: Running): Promise<Finished> {
  running.child.kill("SIGINT");
  const finished = await running.finished;
  assert.is(finished.code, 130, finished.stderr);
  assert.match(
    finished.stdout,
    /interrupted; left in Docker of minikube profile .*\n {2}to go on: .*\n {2}to remove it: /,
  );
  return finished;
}

/** The contexts of the kubeconfig, the current one first. */
async function contexts(): Promise<string[]> {
  const content = parse(await readFile(stand.kubeconfig, "utf8"));
  return [content["current-context"] ?? "", ...content.contexts.map(({ name }: { name: string }) => name).sort()];
}

const node = async (): Promise<string> => (await docker("inspect", "--format", "{{.Id}}", profile)).trim();

/** Switches a flag on the master on. */
async function switchOn(flag: string): Promise<void> {
  const kubectl = ["--kubeconfig", stand.kubeconfig, "--context", profile];
  const forward = start("kubectl", { args: [...kubectl, "port-forward", "svc/flipt-master", ":8080"] });
  try {
    await reach(forward, /127.0.0.1:\d+/);
    const [, port] = forward.output().match(/127.0.0.1:(\d+)/) ?? [];
    const url = `http://127.0.0.1:${port}/api/v1/namespaces/default/flags/${flag}`;
    const before = (await (await fetch(url)).json()) as { name: string; description: string };
    const body = JSON.stringify({ ...before, enabled: true });
    const answer = await fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body });
    assert.is(answer.status, 200);
  } finally {
    await forward.stop();
  }
}

const before = (await objects()).filter(ours);
assert.equal(
  before.filter((each) => each.includes(profile)),
  [],
  `Docker holds a profile "${profile}" already`,
);

const test = suite("real minikube");
test.before(async () => {
  const names = ["one", "two", "three"];
  await writeFile(
    stand.kubeconfig,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "two",
      clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.example` } })),
      users: names.map((name) => ({ name, user: { token: name } })),
      contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    }),
  );
});
test.after(async () => {
  await lab(["down"]).finished;
  await stand.close();
});

const three = ["one", "three", "two"];
const four = [profile, ...three].sort();

test("Ctrl-C during a start, then down :: nothing is left", async () => {
  const running = lab(["cluster", "start"]);
  await reach(running, "Creating Container");
  await interrupt(running);
  await demand("down");
  assert.equal((await objects()).filter(ours), before);
});

test("Ctrl-C during a start, then up, and another up beside it :: one lab, and one line for who came second", async () => {
  const running = lab(["cluster", "start"]);
  await reach(running, "Preparing Kubernetes");
  await interrupt(running);
  const first = lab(["up", ...emulator]);
  await reach(first, "Creating Container");
  const line = new RegExp(
    `^lab: minikube profile "${profile}" is being changed by "lab up" \\(process \\d+, since .*\\); wait .*\\n$`,
  );
  await refused(["up", ...emulator], line);
  await refused(["down"], line);
  const { code, stdout, stderr } = await first.finished;
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.match(stdout, "did not come to its end; it is removed first");
  assert.match(stdout, /✓ minikube [\s\S]*✓ images [\s\S]*✓ flipt-sidecar +flag "dark-mode" is false\n/);
  assert.equal(await contexts(), ["two", ...four]);
  const left = await docker("exec", profile, "ls", "/var/lib/minikube/images").catch(() => "");
  assert.not.match(left, "images.tar");
});

test("a second up :: changes nothing", async () => {
  const output = await demand("up", ...emulator);
  assert.match(output, `profile "${profile}" runs`);
  assert.match(output, / 0 created, 0 changed/);
});

test("verify :: every fact of mode local", async () => {
  assert.match(await demand("verify", ...emulator), /mode local verified: [1-9]\d* passed, 0 failed/);
});

test("Docker cannot be reached for an up :: the profile that runs stays", async () => {
  const id = await node();
  await refused(
    ["up", ...emulator],
    /^lab: minikube start failed .*DOCKER_NOT_RUNNING.*was left as it is; .* down --on minikube/,
    dead,
  );
  await refused(["status"], /^lab: Docker does not answer, .*\n$/, dead);
  const list = await run("minikube", { args: ["profile", "list", "--output", "json"], env });
  assert.is(
    JSON.parse(list.stdout).valid[0].Status,
    "",
    "minikube tells of the start that failed: else this shows nothing",
  );
  assert.match(await demand("up", ...emulator), `profile "${profile}" runs`);
  assert.is(await node(), id);
});

test("down --keep, then up :: flags and current context stay; it ends when the sidecar says what the master says", async () => {
  await switchOn("dark-mode");
  await demand("down", "--keep");
  assert.equal(await contexts(), ["two", ...three]);
  const output = await demand("up", ...emulator);
  assert.match(output, /✓ minikube .* started[\s\S]*✓ flipt-sidecar +flag "dark-mode" is true\n/);
  assert.equal(await contexts(), ["two", ...four]);
});

test("down :: Docker and kubeconfig are as before", async () => {
  assert.match(await demand("down"), `removed profile "${profile}"`);
  assert.equal((await objects()).filter(ours), before);
  assert.equal(await contexts(), ["two", ...three]);
});

test("the toolbox :: nothing of it is left on the machine", async () => {
  if ((await run("docker", { args: ["image", "inspect", toolbox] })).code !== 0)
    return console.log(`not tried: Docker has no ${toolbox}`);
  const hadState = existsSync("/state");
  const volume = `${profile}-state`;
  const socket = "/var/run/docker.sock";
  const options = ["--rm", "--network=host", `--volume=${socket}:${socket}`, `--volume=${volume}:/state`];
  const call = (...args: string[]): Running => start("docker", { args: ["run", ...options, toolbox, ...args] });
  try {
    const starting = call(...words(["cluster", "start"]));
    await reach(starting, "Creating Container");
    await refused(["cluster", "start"], /^lab: minikube profile .* is being changed by "lab cluster start"/);
    const { code, stdout, stderr } = await starting.finished;
    assert.is(code, 0, `${stdout}${stderr}`);
    // What the minikube of the toolbox knows, that of the machine does not: it would make the node anew.
    await refused(["cluster", "start"], /^lab: Docker holds parts of .* that the minikube here does not know/);
  } finally {
    await call(...words(["cluster", "delete"])).finished;
    await docker("volume", "rm", volume);
  }
  assert.is(existsSync("/state"), hadState, "the daemon has made a folder of the toolbox's path");
  assert.equal((await objects()).filter(ours), before);
});

// ---

/** minikube itself, without what a machine has added to it. */
function isPlain(): boolean {
  try {
    accessSync(plain ?? "", constants.X_OK);
    return true;
  } catch {
    console.log(`not tried: what starts say that fail; MINIKUBE_BIN is no plain minikube v1.38.1: "${plain ?? ""}"`);
    return false;
  }
}

const programs = { minikube: plain ?? "", docker: (await locate("docker")) ?? "" };
const withDocker = await Stand.open([], programs);
const without = await Stand.open([], { minikube: plain ?? "" });
const asRoot = process.getuid?.() === 0;
const ask = (args: string[]): Promise<Finished> => run(plain ?? "", { args, env: withDocker.env });
const startIt = words(["cluster", "start"]);

const failing = suite("minikube v1.38.1, starts that fail");
failing.after(async () => {
  await withDocker.run(words(["cluster", "delete"]));
  for (const each of [withDocker, without]) await each.close();
});

failing("version, and an empty list of profiles", async () => {
  assert.is(JSON.parse((await ask(["version", "-o", "json"])).stdout).minikubeVersion, "v1.38.1");
  assert.equal(JSON.parse((await ask(["profile", "list", "-o", "json"])).stdout), { invalid: [], valid: [] });
});

failing("start --dry-run :: takes every word of a start", async () => {
  const { code, stdout } = await ask([...startArguments("dry-lab", { memory: "4g", cpus: 2 }, asRoot), "--dry-run"]);
  assert.is(code, 0, stdout);
  const steps = stdout.split("\n").flatMap((line) => parseEvent(line) ?? []);
  assert.is(steps.at(-1)?.data.message, "dry-run validation complete!");
});

for (const [what, on, args, more, line] of [
  [
    "without docker",
    without,
    [],
    {},
    /^lab: minikube start failed \(exit 65\): PROVIDER_DOCKER_NOT_FOUND: .*; Install Docker\n$/,
  ],
  [
    "a daemon that does not answer",
    withDocker,
    [],
    dead,
    /^lab: minikube start failed \(exit \d+\): (MK_USAGE: Ensure .* \()?PROVIDER_DOCKER_NOT_RUNNING: .*\n$/,
  ],
  [
    "too much memory",
    withDocker,
    ["--memory", "99999999mb"],
    {},
    /^lab: minikube start failed \(exit (10|14)\): (MK_USAGE|RSRC_OVER_ALLOC_MEM): (?!.*(\{\{|<no value>)).*\n$/,
  ],
] as [string, Stand, string[], Record<string, string>, RegExp][]) {
  failing(`start :: ${what}`, async () => {
    const { code, stderr } = await on.run([...startIt, ...args], more);
    assert.match(stderr, line);
    assert.is(code, 2);
  });
}

failing("start :: an image that cannot be pulled leaves a profile that is recognised and removed", async () => {
  const first = await withDocker.run(startIt);
  assert.is(first.code, 2, "the node's image was pulled: this test is for machines that cannot");
  assert.match(first.stderr, /^lab: minikube start failed \(exit \d+\): INET_\w+: Failed to start host: .*\n$/);
  assert.match(first.stdout, "Creating Container");
  assert.ok(
    (await objects()).some((each) => each.includes(profile)),
    "it has left something in Docker",
  );
  const status = await withDocker.run(words(["status"]));
  assert.match(status.stderr, `lab: the start of minikube profile "${profile}" did not come to its end`);
  const { code, stdout } = await withDocker.run(words(["down"]));
  assert.match(stdout, `removed profile "${profile}"`);
  assert.equal([code, (await objects()).filter((each) => each.includes(profile))], [0, []]);
});
test.run();
if (isPlain()) failing.run();
else for (const each of [withDocker, without]) await each.close();
