import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Call, id, play, socket } from "./play.ts";
import { type Command, isChain, type Recording } from "./record.ts";

const test = suite("machine");

const toolbox = (workdir: string): string =>
  "docker run --rm --network host --volume /var/run/docker.sock:/var/run/docker.sock " +
  `--volume flipt-sidecar-lab:/state --workdir /state/runs/${workdir} flipt-sidecar-lab/toolbox:0.1.0`;
const ask = "docker version --format {{.Server.Platform.Name}}";
const load = "docker load --input /image.tar";
const tag = (name: string): string => `docker tag ${id("a")} flipt-sidecar-lab/${name}`;
const isLoading = ({ words }: Command): boolean => /^docker (load|tag)/.test(words);
const steps = ({ commands }: Recording): string[] =>
  commands.filter((each) => !isLoading(each)).map(({ words }) => words);
const loads = ({ commands }: Recording): string[] => commands.filter(isLoading).map(({ words }) => words);
const remove = (mode: string): string =>
  `${toolbox("cluster")} cluster delete --on minikube --profile flipt-sidecar-lab-verify-${mode}`;

test("up :: start, load, apply and look are commands of their own, in this order", async () => {
  const recording = await play((lab, dag) => lab.up("local", [], socket(dag)));
  assert.is(recording.error, "");
  assert.equal(steps(recording), [
    ask,
    `${toolbox("cluster")} cluster start --on minikube`,
    `${toolbox("local")} cluster load --on minikube --mode local`,
    `${toolbox("local")} up --on minikube --mode local`,
    `${toolbox("cluster")} status --on minikube`,
  ]);
});

test("up :: what runs, what to type next, how to get at it, and a line break", async () => {
  const { result } = await play((lab, dag) => lab.up("object-store", ["flipt-emulator"], socket(dag)));
  const text = String(result);
  assert.match(text, /^mode local\n✓ {2}flipt-master\nin step\n\nnext\n/);
  assert.match(text, "dagger call verify --mode object-store --component flipt-emulator  ");
  assert.match(text, "dagger call kubeconfig -o ./kubeconfig");
  for (const [service, ports] of [
    ["flipt-master", "8080:8080"],
    ["sample-app  ", "8080:8080"],
    ["sample-app  ", "8000:8000"],
  ])
    assert.ok(text.includes(`  kubectl port-forward svc/${service} --namespace default ${ports}\n`), ports);
  assert.ok(text.endsWith("\n"));
});

for (const [mode, components, images] of [
  ["local", [], ["evaluation-client:0.1.0", "exporter:0.1.0", "toolbox:0.1.0"]],
  ["object-store", [], ["evaluation-client:0.1.0", "exporter:0.1.0", "minio:RELEASE.2026-02-12", "toolbox:0.1.0"]],
  [
    "local",
    ["flipt-emulator", "fast"],
    ["evaluation-client:0.1.0", "exporter:0.1.0", "flipt-emulator:0.1.0", "toolbox:0.1.0"],
  ],
] as const) {
  const title = [mode, ...components].join(" + ");
  test(`up :: ${title} builds and loads what it needs, under the manifests' names`, async () => {
    const recording = await play((lab, dag) => lab.up(mode, [...components], socket(dag)));
    assert.equal(loads(recording).sort(), [...images.map(() => load), ...images.map(tag)]);
    assert.is(recording.builds.size, images.length);
    const options = components.map((name) => ` --component ${name}`).join("");
    assert.ok(steps(recording).includes(`${toolbox(mode)} up --on minikube --mode ${mode}${options}`));
  });
}

test("load :: of an image that is built, once", async () => {
  const { commands } = await play((lab, dag) => lab.status(socket(dag)));
  const [loading, ...more] = commands.filter(({ words }) => words === load);
  assert.is(more.length, 0);
  const mount = loading?.chain.find(({ field }) => field === "withMountedFile")?.args;
  assert.is(mount?.path, "/image.tar");
  assert.ok(isChain(mount?.source));
  assert.equal(
    mount.source.slice(-3).map(({ field }) => field),
    ["dockerBuild", "withLabel", "asTarball"],
  );
});

for (const [name, call, words] of [
  ["status", (lab, dag) => lab.status(socket(dag)), [`${toolbox("cluster")} status --on minikube`]],
  ["kubeconfig", (lab, dag) => lab.kubeconfig(socket(dag)), [`${toolbox("cluster")} cluster kubeconfig --on minikube`]],
  [
    "verify",
    (lab, dag) => lab.verify("object-store", [], socket(dag)),
    [`${toolbox("object-store")} verify --on minikube --mode object-store`],
  ],
  [
    "verify-local",
    (lab, dag) => lab.verifyLocal(socket(dag)),
    [`${toolbox("local")} verify --on minikube --mode local`],
  ],
  [
    "verify-object-store",
    (lab, dag) => lab.verifyObjectStore(socket(dag)),
    [`${toolbox("object-store")} verify --on minikube --mode object-store`],
  ],
] as [string, Call, string[]][]) {
  test(`${name} :: the toolbox, then one command`, async () => {
    const recording = await play(call);
    assert.is(recording.error, "");
    assert.equal(steps(recording), [ask, ...words]);
    assert.ok(recording.builds.has("images/toolbox/Dockerfile"));
  });
}

test("kubeconfig :: a file of its owner alone, that no output shows", async () => {
  const { requests, commands } = await play((lab, dag) => lab.kubeconfig(socket(dag)), {
    command: /cluster kubeconfig/,
    stdout: "kind: Config\n",
  });
  const file = requests.at(-1)?.find(({ field }) => field === "withNewFile");
  assert.equal(file?.args, { path: "kubeconfig", contents: "kind: Config\n", permissions: 0o600 });
  assert.is(commands.at(-1)?.options.redirectStdout, "/kubeconfig");
});

const bringOut = [
  `${toolbox("cluster")} diagnostics --on minikube --output /state/runs/now`,
  "docker create --volume flipt-sidecar-lab:/state flipt-sidecar-lab/toolbox:0.1.0",
  "docker cp 5eed:/state/runs /diagnostics",
  "docker rm 5eed",
];

test("diagnostics :: asked for, brought out, and nothing is left", async () => {
  const recording = await play((lab, dag) => lab.diagnostics(socket(dag)));
  assert.equal(steps(recording), [ask, ...bringOut]);
  assert.equal(recording.requests.at(-1)?.at(-2)?.args, { path: "/diagnostics" });
});

test("diagnostics :: what was kept comes out also when nothing runs", async () => {
  const nothing = { command: /diagnostics --on/, exit: 2, stderr: "lab: no lab runs here\n" };
  const recording = await play((lab, dag) => lab.diagnostics(socket(dag)), nothing);
  assert.is(recording.error, "");
  assert.equal(steps(recording), [ask, ...bringOut]);
  assert.ok(recording.said.includes("no lab runs here"));
});

test("diagnostics :: nothing is left also when nothing comes out", async () => {
  const broken = { command: /^docker cp/, exit: 1, stderr: "Error: no such path\n" };
  const recording = await play((lab, dag) => lab.diagnostics(socket(dag)), broken);
  assert.match(recording.error, /^diagnostics failed: Error: no such path \(exit 1\); start a lab: /);
  assert.is(steps(recording).at(-1), "docker rm 5eed");
});

test("down :: the lab, what a killed verify left, the volume, every image that was ever loaded", async () => {
  const recording = await play(
    (lab, dag) => lab.down(socket(dag)),
    { command: / down /, stdout: "deleted profile\n" },
    { command: /^docker image ls/, stdout: `${id("b")}\n${id("c")}\n${id("b")}\n` },
  );
  assert.equal(steps(recording), [
    ask,
    `${toolbox("cluster")} down --on minikube`,
    remove("local"),
    remove("object-store"),
    "docker volume rm --force flipt-sidecar-lab",
    "docker image ls --quiet --no-trunc --filter label=flipt-sidecar-lab=dagger",
    `docker image rm --force ${id("b")} ${id("c")}`,
  ]);
  assert.is(recording.result, 'deleted profile\nremoved volume "flipt-sidecar-lab" and 2 images\n');
});

test("down :: a lab that could not be removed keeps its state", async () => {
  const stuck = { command: / down /, exit: 2, stderr: "lab: docker is busy\n" };
  const recording = await play((lab, dag) => lab.down(socket(dag)), stuck);
  assert.match(recording.error, /^down failed: docker is busy \(exit 2\); to see why: dagger call diagnostics -o/);
  assert.is(steps(recording).at(-1), `${toolbox("cluster")} down --on minikube`);
});

const false_ = {
  command: / verify /,
  exit: 1,
  stdout: "✗ a flag arrives\n\nmode local NOT verified: 1 failed\nlogs and states: /state/runs/local/.lab-failure\n",
};

test("verify :: a false fact fails it, and what it started is removed after that", async () => {
  const recording = await play((lab, dag) => lab.verify("local", [], socket(dag)), false_);
  assert.is(
    recording.error,
    "verify failed: mode local NOT verified: 1 failed (exit 1); to see why: dagger call diagnostics -o ./diagnostics",
  );
  assert.equal(steps(recording).slice(-2), [`${toolbox("local")} verify --on minikube --mode local`, remove("local")]);
});

test("verify :: a clean-up that fails hides nothing", async () => {
  const stuck = { command: /cluster delete/, exit: 2, stderr: "lab: docker is busy\n" };
  const recording = await play((lab, dag) => lab.verify("local", [], socket(dag)), false_, stuck);
  assert.match(recording.error, /^verify failed: mode local NOT verified/);
  assert.ok(recording.said.includes("the clean-up failed too: docker is busy (exit 2)"));
});

test("verify :: nothing to clean up after a success", async () => {
  const proof = { command: / verify /, stdout: "mode local verified: 30 passed" };
  const recording = await play((lab, dag) => lab.verify("local", [], socket(dag)), proof);
  assert.is(recording.result, "mode local verified: 30 passed\n");
  assert.not.ok(steps(recording).some((words) => words.includes("delete")));
});

test.run();
