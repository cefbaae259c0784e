import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { type Finished, type Running, run } from "../../../../testing/process.ts";
import { until } from "../../src/until.ts";
import { locate, Stand } from "./stand.ts";

const kubectl = await locate("kubectl");
const withKubectl: Record<string, string> = kubectl ? { kubectl } : {};
if (!kubectl) console.log("kubectl is not on the PATH: load, kubeconfig and verify are not tried");

interface Context {
  stand: Stand;
}

const test = suite<Context>("lab --on minikube");
test.before.each(async (context) => {
  context.stand = await Stand.open(["minikube", "docker"], withKubectl);
});
test.after.each(({ stand }) => stand.close());

const cluster = (...words: string[]): string[] => ["cluster", ...words];
/** What changes a profile. */
const changes = ["start", "stop", "pause", "unpause", "delete"];
const orders = async (stand: Stand): Promise<string[]> =>
  (await stand.calls()).map(([order = ""]) => order).filter((order) => changes.includes(order));

/** Starts a command that does not end, and returns it when it has come to a step. */
async function begin(stand: Stand, args: string[], fault: string, step = "Creating Container"): Promise<Running> {
  const running = stand.start(args, { FAKE_FAULT: fault });
  await until("the step", { seconds: 60 }, async () =>
    running.output().includes(step) ? { value: true } : { seen: running.output() },
  );
  return running;
}

async function interrupt(running: Running): Promise<Finished> {
  running.child.kill("SIGINT");
  const finished = await running.finished;
  assert.is(finished.code, 130);
  return finished;
}

test("start :: shows each step and asks for what was decided", async ({ stand }) => {
  const { code, stdout, stderr } = await stand.run(cluster("start", "--memory", "6g", "--cpus", "3"));
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, "•  0/19 Initial Minikube Setup: [flipt-sidecar-lab] minikube v1.38.1 on Debian");
  assert.match(stdout, /• {2}8\/19 Creating Container: .*\n.*• 11\/19 Preparing Kubernetes/);
  assert.match(stdout, /• downloading kicbase:v0.0.50: 0 %\n.*• downloading kicbase:v0.0.50: 20 %\n.*: 100 %\n/);
  assert.match(stdout, /• waiting for Calico\n✓/);
  assert.match(
    stdout,
    '✓ minikube           profile "flipt-sidecar-lab" started, Kubernetes v1.35.1, 3 CPUs, 6g of memory',
  );
  const start = (await stand.calls()).find(([order]) => order === "start") ?? [];
  const root = process.getuid?.() === 0 ? ["--force"] : [];
  const words =
    "start --profile flipt-sidecar-lab --driver=docker --kubernetes-version=v1.35.1 --cpus=3 --memory=6g --cni=calico --keep-context --embed-certs --wait=all --interactive=false --output=json";
  assert.equal(start, [...words.split(" "), ...root]);
});

test("start :: a running profile is found and left alone", async ({ stand }) => {
  await stand.run(cluster("start"));
  const { code, stdout } = await stand.run(cluster("start"));
  assert.equal([code, stdout], [0, '✓ minikube           profile "flipt-sidecar-lab" runs, Kubernetes v1.35.1\n']);
  assert.equal(await orders(stand), ["start"]);
});

for (const [what, args, env, line] of [
  [
    "the daemon is dead",
    [],
    { FAKE_DOCKER: "dead" },
    /^lab: minikube start failed \(exit 14\): MK_USAGE: Ensure your Docker is running and is healthy. \(PROVIDER_DOCKER_NOT_RUNNING: .*Cannot connect to the Docker daemon.*; Start the Docker service\)\n$/,
  ],
  [
    "too much memory",
    ["--memory", "97656g"],
    {},
    /^lab: minikube start failed \(exit 14\): MK_USAGE: Docker has only 24105MB memory but you specified 99999744MB\n$/,
  ],
  [
    "the node's image cannot be pulled",
    [],
    { FAKE_FAULT: "pull" },
    /^lab: minikube start failed \(exit 48\): INET_LOOKUP_HOST: Failed to start host: docker run .* … .*lookup gcr.io: no such host; Verify that your HTTP_PROXY is set correctly.\n$/,
  ],
  [
    "minikube leaves gaps",
    [],
    { FAKE_FAULT: "advised" },
    /^lab: minikube start failed \(exit 10\): RSRC_OVER_ALLOC_MEM: Requested memory allocation 9999MB is more than your system limit …MB. Try less.; Start minikube with less memory allocated: 'minikube start --memory=…mb'\n$/,
  ],
  [
    "Calico does not become ready",
    [],
    { FAKE_NETWORK: "broken" },
    /^lab: minikube ssh -- sudo .*kubectl .* rollout status daemonset\/calico-node .* failed \(exit 1\): .*\n$/,
  ],
  ["minikube says nothing", [], { FAKE_FAULT: "silent" }, /^lab: minikube start failed \(exit 80\): .+\n$/],
] as [string, string[], Record<string, string>, RegExp][]) {
  test(`start fails :: ${what}`, async ({ stand }) => {
    const { code, stderr } = await stand.run(cluster("start", ...args), env);
    assert.match(stderr, line);
    assert.is(code, 2);
  });
}

for (const [what, fakes, line] of [
  ["no minikube", ["docker"], /^lab: minikube is not on the PATH; install it: https:\S+\n$/],
  [
    "no docker",
    ["minikube"],
    /^lab: minikube start failed \(exit 65\): PROVIDER_DOCKER_NOT_FOUND: .*executable file not found in \$PATH; Install Docker\n$/,
  ],
] as ["no minikube" | "no docker", ("docker" | "minikube")[], RegExp][]) {
  test(`start fails :: ${what}`, async () => {
    const stand = await Stand.open(fakes);
    const { code, stderr } = await stand.run(cluster("start"));
    assert.match(stderr, line);
    assert.is(code, 2);
    await stand.close();
  });
}

test("start :: a half-started profile is removed first", async ({ stand }) => {
  await stand.run(cluster("start"), { FAKE_FAULT: "pull" });
  const { code, stdout } = await stand.run(cluster("start"));
  assert.is(code, 0);
  assert.match(stdout, 'an earlier start of profile "flipt-sidecar-lab" did not come to its end; it is removed first');
  assert.equal(await orders(stand), ["start", "delete", "start"]);
});

test("start :: with a dead Docker no profile is taken for half-started", async ({ stand }) => {
  await stand.run(cluster("start"), { FAKE_FAULT: "pull" });
  await stand.run(cluster("start"), { FAKE_DOCKER: "dead" });
  assert.equal(await orders(stand), ["start", "start"]);
});

test("start :: a profile that runs stays, also after a start while Docker was down", async ({ stand }) => {
  await stand.run(cluster("start"));
  const env = { FAKE_DOCKER: "dead" };
  for (const [args, line] of [
    [cluster("start"), /^lab: minikube start failed .*was left as it is; .*: npm run -s lab -- down --on minikube\n$/],
    [["down", "--on", "minikube"], /^lab: Docker does not answer, so that .*; nothing was removed; start Docker\n$/],
    [["down", "--on", "minikube", "--keep"], /^lab: Docker does not answer, so that .*; start Docker\n$/],
  ] as [string[], RegExp][]) {
    const { code, stderr } = await stand.run(args, env);
    assert.match(stderr, line);
    assert.is(code, 2);
  }
  // minikube tells of that start still.
  const again = await stand.run(cluster("start"));
  assert.match(again.stdout, 'profile "flipt-sidecar-lab" runs');
  assert.is((await stand.run(["down", "--on", "minikube", "--keep"])).code, 0);
  assert.equal(await orders(stand), ["start", "start", "stop"]);
});

test("start :: a profile that ran once is never removed: its restart may fail, or be interrupted", async ({
  stand,
}) => {
  await stand.run(cluster("start"));
  await stand.run(["down", "--on", "minikube", "--keep"]);
  const { stderr } = await stand.run(cluster("start"), { FAKE_FAULT: "pull" });
  assert.match(stderr, /INET_LOOKUP_HOST.*; profile "flipt-sidecar-lab" was left as it is; .* down --on minikube\n$/);
  await interrupt(await begin(stand, cluster("start"), "late", "Configuring CNI"));
  const { code } = await stand.run(cluster("start"));
  assert.equal([code, await orders(stand)], [0, ["start", "stop", "start", "start", "start"]]);
});

test("start, down :: what another minikube has in Docker is left alone", async ({ stand }) => {
  const theirs = { label: "flipt-sidecar-lab", volumes: [], state: "running", command: "" };
  const objects = { container: { "flipt-sidecar-lab": theirs }, network: {}, volume: {} };
  await writeFile(join(stand.folder, "docker-objects.json"), JSON.stringify(objects));
  for (const args of [cluster("start"), ["down", "--on", "minikube"], ["status", "--on", "minikube"]]) {
    const { code, stderr } = await stand.run(args);
    assert.match(
      stderr,
      /^lab: Docker holds parts of a minikube profile "flipt-sidecar-lab" .*; nothing was changed; .*\n$/,
    );
    assert.is(code, 2);
  }
  assert.equal([await orders(stand), await stand.objects()], [[], ["container flipt-sidecar-lab"]]);
});

for (const [fault, next, words, expected] of [
  ["hang", "start", cluster("start"), ["start", "delete", "start"]],
  ["hang", "down", ["down", "--on", "minikube"], ["start", "delete"]],
  ["preload", "start", cluster("start"), ["start", "delete", "start"]],
  ["preload", "down", ["down", "--on", "minikube"], ["start", "delete"]],
] as const) {
  const where = fault === "preload" ? "while the preload is unpacked" : "in the middle";
  test(`start :: Ctrl-C ${where}, then ${next}`, async ({ stand }) => {
    const running = await begin(stand, cluster("start"), fault);
    if (fault === "preload")
      await until("the container", { seconds: 60 }, async () =>
        (await stand.objects()).includes("container unnamed0") ? { value: true } : { seen: "none" },
      );
    const { stdout } = await interrupt(running);
    const left = fault === "preload" ? "1 network, 1 volume" : "nothing";
    assert.match(stdout, `interrupted; left in Docker of minikube profile "flipt-sidecar-lab": ${left}\n`);
    assert.match(stdout, /to go on: .* up --on minikube\n.*to remove it: .* down --on minikube\n$/);
    const { code, stderr } = await stand.run([...words]);
    assert.equal([code, stderr], [0, ""]);
    assert.equal(await orders(stand), [...expected]);
    const objects = ["container", "network", "volume"].map((kind) => `${kind} flipt-sidecar-lab`);
    assert.equal(await stand.objects(), next === "down" ? [] : objects);
  });
}

test("two at once :: the second is refused, also by down; one that was killed stands in nobody's way", async ({
  stand,
}) => {
  const first = await begin(stand, cluster("start"), "hang");
  for (const args of [cluster("start"), ["down", "--on", "minikube"]]) {
    const { code, stderr } = await stand.run(args);
    assert.match(
      stderr,
      /^lab: minikube profile "flipt-sidecar-lab" is being changed by "lab cluster start" \(process \d+, since [\d:]+\); wait .*\n$/,
    );
    assert.is(code, 2);
  }
  first.child.kill("SIGKILL");
  await first.finished;
  const { code, stdout } = await stand.run(cluster("start"));
  assert.match(stdout, "a start that goes on without its lab, which was killed, is ended first");
  assert.equal([code, await orders(stand)], [0, ["start", "delete", "start"]]);
});

/** A kubeconfig of three contexts. */
async function writeContexts(path: string, current: string): Promise<void> {
  const names = ["one", "two", "three"];
  const content = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": current,
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.example` } })),
    users: names.map((name) => ({ name, user: { token: name } })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
  };
  await writeFile(path, stringify(content));
}

for (const current of ["two", "", "flipt-sidecar-lab"]) {
  test(`the current context stays :: "${current}"`, async ({ stand }) => {
    await writeContexts(stand.kubeconfig, current);
    // Of several files minikube writes the first.
    const env = { KUBECONFIG: `:${stand.kubeconfig}:${join(stand.folder, "second")}` };
    for (const [args, contexts, then] of [
      [cluster("start"), 4, current],
      [["down", "--on", "minikube", "--keep"], 3, current],
      [cluster("start"), 4, current],
      [["down", "--on", "minikube"], 3, current === "flipt-sidecar-lab" ? "" : current],
    ] as const) {
      const { code, stderr } = await stand.run([...args], env);
      assert.equal([code, stderr], [0, ""]);
      const after = parse(await readFile(stand.kubeconfig, "utf8"));
      assert.equal([args, after.contexts.length, after["current-context"]], [args, contexts, then]);
    }
  });
}

test("start :: a download of which minikube says nothing is told by its file", async ({ stand }) => {
  const { stdout } = await stand.run(cluster("start"), { FAKE_FAULT: "download" });
  assert.match(stdout, "• downloading preloaded-images.tar.lz4: 3 MB so far\n");
});

test("start :: a profile of somebody's without Calico: NetworkPolicies may not be enforced", async ({ stand }) => {
  const words = ["start", "--profile", "flipt-sidecar-lab", "--cni=bridge", "--preload=false"];
  await run(join(stand.env.PATH ?? "", "minikube"), { args: words, env: stand.env });
  const { stdout } = await stand.run(cluster("start"));
  assert.match(stdout, /runs, Kubernetes .*; it has no Calico: whether NetworkPolicies are enforced, verify tells\n$/);
});

test("verify :: Ctrl-C while its own profile starts: what is known is kept, and nothing of an earlier failure; then the profile is removed", async ({
  stand,
}) => {
  const kept = join(stand.folder, "lab-failure/verify-local");
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, "of-an-earlier-failure.log"), "");
  const { stdout } = await interrupt(await begin(stand, ["verify", "--on", "minikube"], "hang"));
  assert.match(stdout, 'removed profile "flipt-sidecar-lab-verify-local"');
  assert.equal(await readdir(join(stand.folder, "profiles")), []);
  assert.equal((await readdir(kept)).sort(), ["minikube-status.txt", "minikube.log"]);
});

test("delete :: the profile, and the node's image that came with it", async ({ stand }) => {
  await stand.setImages({ "somebody/else:1": "sha256:other" });
  await stand.run(cluster("start"));
  assert.ok((await stand.images())["gcr.io/k8s-minikube/kicbase"]);
  const { code, stdout } = await stand.run(cluster("delete"));
  const removed = 'removed profile "flipt-sidecar-lab", the node\'s image\n';
  assert.equal([code, stdout, await stand.objects()], [0, removed, []]);
  assert.equal(await stand.images(), { "somebody/else:1": "sha256:other" });
  const again = await stand.run(cluster("delete"));
  assert.equal([again.code, again.stdout], [0, 'nothing to do: no profile "flipt-sidecar-lab"\n']);
});

test("delete :: an image that was there before stays, also after a half start", async ({ stand }) => {
  await stand.setImages({ "gcr.io/k8s-minikube/kicbase": "sha256:kicbase" });
  await stand.run(cluster("start"), { FAKE_FAULT: "pull" });
  await stand.run(cluster("start"));
  await stand.run(["down", "--on", "minikube"]);
  assert.equal(await stand.images(), { "gcr.io/k8s-minikube/kicbase": "sha256:kicbase" });
});

test("down --keep :: stops, and the next start goes on with it", async ({ stand }) => {
  await stand.run(cluster("start"));
  const { stdout } = await stand.run(["down", "--on", "minikube", "--keep"]);
  assert.is(stdout, 'stopped profile "flipt-sidecar-lab"; the next up goes on with it\n');
  const { code } = await stand.run(cluster("start"));
  assert.is(code, 0);
  assert.equal(await orders(stand), ["start", "stop", "start"]);
});

test("status :: without a profile it says how to start one", async ({ stand }) => {
  for (const [fault, reason] of [
    ["", 'there is no minikube profile "mine"'],
    ["pull", 'the start of minikube profile "mine" did not come to its end'],
  ] as const) {
    if (fault) await stand.run(cluster("start", "--profile", "mine"), { FAKE_FAULT: fault });
    const { code, stderr } = await stand.run(["status", "--on", "minikube", "--profile", "mine"]);
    const next = "start it with: npm run -s lab -- up --on minikube --profile mine";
    assert.equal([code, stderr], [2, `lab: ${reason}; ${next}\n`]);
  }
});

test("diagnostics :: of a half-started profile", async ({ stand }) => {
  await stand.run(cluster("start"), { FAKE_FAULT: "pull" });
  const { code, stdout } = await stand.run(["diagnostics", "--on", "minikube", "--output", "found"]);
  const folder = join(stand.folder, "found");
  assert.equal([code, stdout.trim().split("\n").at(-1)], [0, `states, events and logs: ${folder}`]);
  assert.equal((await readdir(folder)).sort(), ["minikube-status.txt", "minikube.log", "not-found.txt"]);
  assert.match(await readFile(join(folder, "minikube.log"), "utf8"), "logs of flipt-sidecar-lab");
  assert.match(await readFile(join(folder, "not-found.txt"), "utf8"), "did not come to its end");
});

for (const [what, args, line] of [
  ["a bad profile name", ["start", "--profile", "X_y"], /'X_y' is invalid. expected letters, digits and dashes/],
  ["no number", ["start", "--cpus", "many"], /expected a number such as 2, got "many"/],
  ["a ring without a cluster of its own", ["start", "--on", "kubernetes"], /expected "minikube", got "kubernetes"/],
] as [string, string[], RegExp][]) {
  test(`usage :: ${what}`, async ({ stand }) => {
    const { code, stderr } = await stand.run(cluster(...args));
    assert.match(stderr, line);
    assert.equal([code, await stand.calls()], [3, []]);
  });
}

if (kubectl) {
  const needed = {
    "flipt-sidecar-lab/evaluation-client:0.1.0": "sha256:aa",
    "flipt-sidecar-lab/exporter:0.1.0": "sha256:bb",
  };

  test("load :: what Docker has and the node lacks, once; the rest is the node's to pull", async ({ stand }) => {
    await stand.run(cluster("start"));
    await stand.setImages(needed);
    const first = await stand.run(cluster("load", "--mode", "local"));
    assert.equal([first.code, first.stderr], [0, ""]);
    assert.match(first.stdout, "✓ images             2 loaded, left for the node to pull: flipt/flipt:v1.61.1");
    const second = await stand.run(cluster("load", "--mode", "local"));
    assert.match(second.stdout, "✓ images             2 there already, left for the node to pull: flipt/flipt:v1.61.1");
    await stand.setImages({ ...needed, "flipt-sidecar-lab/exporter:0.1.0": "sha256:new" });
    const third = await stand.run(cluster("load", "--mode", "local"));
    assert.match(third.stdout, "1 loaded, 1 there already");
    const loads = (await stand.calls()).filter(([order, second]) => order === "image" && second === "load");
    assert.is(loads.length, 2);
    const profile = await readFile(join(stand.folder, "profiles", "flipt-sidecar-lab.json"), "utf8");
    assert.equal(JSON.parse(profile).files, [], "the archive is not left in the node");
  });

  test("load :: what minikube left out without a word is a fault", async ({ stand }) => {
    await stand.run(cluster("start"));
    await stand.setImages(needed);
    const { code, stderr } = await stand.run(cluster("load"), { FAKE_FAULT: "load" });
    assert.match(stderr, /^lab: minikube image load left out flipt-sidecar-lab\/evaluation-client:0.1.0, .*\n$/);
    assert.is(code, 2);
  });

  /** A kubeconfig of a server that does not answer. */
  const dead = async (stand: Stand): Promise<string> => {
    const path = join(stand.folder, "cluster.json");
    const clusterOf = { server: "https://127.0.0.1:9", "certificate-authority-data": "QQ==" };
    const user = { "client-certificate-data": "QQ==", "client-key-data": "QQ==" };
    const content = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "real",
      clusters: [{ name: "real", cluster: clusterOf }],
      users: [{ name: "real", user }],
      contexts: [{ name: "real", context: { cluster: "real", user: "real" } }],
    };
    await writeFile(path, JSON.stringify(content));
    return path;
  };

  test("kubeconfig :: the profile's alone, with its certificates", async ({ stand }) => {
    const FAKE_CLUSTER = await dead(stand);
    for (const profile of ["one", "two"]) await stand.run(cluster("start", "--profile", profile), { FAKE_CLUSTER });
    const { code, stdout } = await stand.run(cluster("kubeconfig", "--profile", "two"));
    assert.is(code, 0);
    assert.match(stdout, /^apiVersion: v1\n[\s\S]*current-context: two\n[\s\S]*client-key-data: QQ==\n$/);
    assert.not.match(stdout, "one");
  });

  test("verify :: a profile of its own is removed when it cannot work, and what is known is kept", async ({
    stand,
  }) => {
    const FAKE_CLUSTER = await dead(stand);
    const { code, stdout, stderr } = await stand.run(["verify", "--on", "minikube"], { FAKE_CLUSTER });
    assert.match(stdout, 'verifying mode local in a minikube profile of its own, "flipt-sidecar-lab-verify-local"');
    assert.match(
      stderr,
      /^lab: the cluster of context "flipt-sidecar-lab-verify-local" at .* does not answer: .*\n {2}states, events and logs: .*\/lab-failure\/verify-local\n$/,
    );
    assert.is(code, 2);
    assert.ok((await readdir(join(stand.folder, "lab-failure/verify-local"))).includes("minikube.log"));
    assert.is((await stand.calls()).at(-1)?.[0], "delete");
    assert.equal(await readdir(join(stand.folder, "profiles")), []);
  });
}

test.run();
