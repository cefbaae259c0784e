// The real minikube v1.38.1, as far as it goes without its node image: npm run test:minikube, with MINIKUBE_BIN. Needs Docker, and
// a machine that cannot pull the image, or the last test starts a cluster and says so.
import { accessSync, constants } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../../../../testing/process.ts";
import { parseEvent } from "../../src/drivers/minikube/events.ts";
import { startArguments } from "../../src/drivers/minikube/minikube.ts";
import { parseProfiles, stateOf } from "../../src/drivers/minikube/profile.ts";
import { locate, Stand } from "./stand.ts";

const minikube = process.env.MINIKUBE_BIN;
const docker = await locate("docker");
const kubectl = (await locate("kubectl")) ?? "";

function insist(): { minikube: string; docker: string } {
  try {
    accessSync(minikube ?? "", constants.X_OK);
    if (docker && minikube) return { minikube, docker };
    console.error("test:minikube needs docker on the PATH");
  } catch {
    console.error(`test:minikube needs MINIKUBE_BIN, the path of a minikube v1.38.1; it is "${minikube ?? ""}"`);
  }
  process.exit(1);
}

const programs = insist();
const profile = "flipt-lab-test";
const withDocker = await Stand.open([], { ...programs, kubectl });
const without = await Stand.open([], { minikube: programs.minikube });
const asRoot = process.getuid?.() === 0;

/** minikube itself, on the state of a stand. */
const ask = (args: string[]) =>
  run(programs.minikube, {
    args,
    env: {
      MINIKUBE_HOME: withDocker.folder,
      KUBECONFIG: withDocker.kubeconfig,
      MINIKUBE_WANTUPDATENOTIFICATION: "false",
    },
  });

const listed = async () => parseProfiles((await ask(["profile", "list", "-o", "json"])).stdout);

/** What Docker holds of the profile. */
async function objects(): Promise<string[]> {
  const label = `label=name.minikube.sigs.k8s.io=${profile}`;
  const lists = [
    ["container", "ls", "--all"],
    ["network", "ls"],
    ["volume", "ls"],
  ];
  const found = await Promise.all(
    lists.map((words) => run(programs.docker, { args: [...words, "--quiet", "--filter", label] })),
  );
  return found.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line !== ""));
}

const test = suite("minikube v1.38.1");
test.after(async () => {
  await withDocker.run(["cluster", "delete", "--profile", profile]);
  for (const stand of [withDocker, without]) await stand.close();
});

test("version, and an empty list of profiles", async () => {
  assert.is(JSON.parse((await ask(["version", "-o", "json"])).stdout).minikubeVersion, "v1.38.1");
  assert.equal(await listed(), []);
});

test("start --dry-run :: takes every word of a start", async () => {
  const words = [...startArguments("dry-lab", { memory: "4g", cpus: 2 }, asRoot), "--dry-run"];
  const { code, stdout } = await ask(words);
  assert.is(code, 0, stdout);
  const steps = stdout.split("\n").flatMap((line) => parseEvent(line) ?? []);
  assert.is(steps.at(-1)?.data.message, "dry-run validation complete!");
});

test("start :: without docker", async () => {
  const { code, stderr } = await without.run(["cluster", "start", "--profile", profile]);
  assert.match(stderr, /^lab: minikube start failed \(exit 65\): PROVIDER_DOCKER_NOT_FOUND: .*; Install Docker\n$/);
  assert.is(code, 2);
});

test("start :: a daemon that does not answer", async () => {
  const env = { DOCKER_HOST: "unix:///nonexistent.sock" };
  const { code, stderr } = await withDocker.run(["cluster", "start", "--profile", profile], env);
  assert.match(
    stderr,
    /^lab: minikube start failed \(exit 14\): MK_USAGE: Ensure .* \(PROVIDER_DOCKER_NOT_RUNNING: .*\)\n$/,
  );
  assert.is(code, 2);
});

test("start :: too much memory", async () => {
  const words = ["cluster", "start", "--profile", profile, "--memory", "99999999mb"];
  const { code, stderr } = await withDocker.run(words);
  assert.match(stderr, /^lab: minikube start failed \(exit 14\): MK_USAGE: Docker has only \d+MB memory .*\n$/);
  assert.is(code, 2);
});

test("start :: an image that cannot be pulled leaves a profile that is recognised and removed", async () => {
  const first = await withDocker.run(["cluster", "start", "--profile", profile]);
  assert.is(first.code, 2, "the node's image was pulled: this test is for machines that cannot");
  assert.match(first.stderr, /^lab: minikube start failed \(exit \d+\): INET_\w+: Failed to start host: .*\n$/);
  assert.match(first.stdout, "Creating Container");
  const half = (await listed()).find(({ name }) => name === profile);
  assert.is(stateOf(half, undefined), "unfinished");
  assert.ok((await objects()).length > 0, "it has left something in Docker");
  const status = await withDocker.run(["status", "--on", "minikube", "--profile", profile]);
  assert.match(status.stderr, /^lab: the start of minikube profile "flipt-lab-test" did not come to its end/);
  const second = await withDocker.run(["cluster", "start", "--profile", profile]);
  assert.match(second.stdout, "did not come to its end; it is removed first");
  assert.match(second.stderr, /^lab: minikube start failed \(exit \d+\): INET_\w+/);
});

test("down :: nothing of a half-started profile is left, in Docker neither", async () => {
  const { code, stdout } = await withDocker.run(["down", "--on", "minikube", "--profile", profile]);
  assert.is(code, 0);
  assert.match(stdout, `removed profile "${profile}"`);
  const left = (await listed()).filter(({ name }) => name === profile); // a dry run leaves its name too
  assert.equal([left, await objects()], [[], []]);
});

test.run();
