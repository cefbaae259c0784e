import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
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
const orders = async (stand: Stand): Promise<string[]> =>
  (await stand.calls()).map(([order = ""]) => order).filter((order) => order !== "profile");

test("start :: shows each step and asks for what was decided", async ({ stand }) => {
  const { code, stdout, stderr } = await stand.run(cluster("start", "--memory", "6g", "--cpus", "3"));
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, "•  0/19 Initial Minikube Setup: [flipt-sidecar-lab] minikube v1.38.1 on Debian");
  assert.match(stdout, /• {2}8\/19 Creating Container: .*\n.*• 11\/19 Preparing Kubernetes/);
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

for (const [next, words, expected] of [
  ["start", cluster("start"), ["start", "delete", "start"]],
  ["down", ["down", "--on", "minikube"], ["start", "delete"]],
] as const) {
  test(`start :: Ctrl-C in the middle, then ${next}`, async ({ stand }) => {
    const running = stand.start(cluster("start"), { FAKE_FAULT: "hang" });
    await until("the step", { seconds: 120 }, async () =>
      running.output().includes("Creating Container") ? { value: true } : { seen: running.output() },
    );
    running.child.kill("SIGINT");
    const { code } = await running.finished;
    assert.is(code, 130);
    const { code: after, stderr } = await stand.run([...words]);
    assert.equal([after, stderr], [0, ""]);
    assert.equal(await orders(stand), [...expected]);
  });
}

test("verify :: Ctrl-C while its own profile starts: what is known is kept, then the profile is removed", async ({
  stand,
}) => {
  const running = stand.start(["verify", "--on", "minikube"], { FAKE_FAULT: "hang" });
  await until("the step", { seconds: 120 }, async () =>
    running.output().includes("Creating Container") ? { value: true } : { seen: running.output() },
  );
  running.child.kill("SIGINT");
  const { code, stdout } = await running.finished;
  assert.is(code, 130);
  assert.match(stdout, 'removed profile "flipt-sidecar-lab-verify-local"');
  assert.equal(await readdir(join(stand.folder, "profiles")), []);
  assert.ok((await readdir(join(stand.folder, ".lab-failure"))).includes("minikube.log"));
});

test("delete :: the profile, and the node's image that came with it", async ({ stand }) => {
  await stand.setImages({ "somebody/else:1": "sha256:other" });
  await stand.run(cluster("start"));
  assert.ok((await stand.images())["gcr.io/k8s-minikube/kicbase"]);
  const { code, stdout } = await stand.run(cluster("delete"));
  assert.equal([code, stdout], [0, 'removed profile "flipt-sidecar-lab", the node\'s image\n']);
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
    ["pull", 'the start of minikube profile "mine" did not come to its end, or Docker does not answer'],
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
      /^lab: the cluster of context "flipt-sidecar-lab-verify-local" at .* does not answer: .*\n {2}states, events and logs: .*\.lab-failure\n$/,
    );
    assert.is(code, 2);
    assert.ok((await readdir(join(stand.folder, ".lab-failure"))).includes("minikube.log"));
    assert.is((await stand.calls()).at(-1)?.[0], "delete");
    assert.equal(await readdir(join(stand.folder, "profiles")), []);
  });
}

test.run();
