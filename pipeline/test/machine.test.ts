import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Call, id, live, play, socket } from "./play.ts";
import { type Command, isChain, type Recording } from "./record.ts";

const test = suite("machine");

const mount = "--mount type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock";
const options = (name: string): string =>
  `--name flipt-sidecar-lab.${name} --network host --stop-timeout 120 ${mount} --volume flipt-sidecar-lab.state:/state --env LAB_DAGGER= --workdir /state/runs`;
const image = "flipt-sidecar-lab/toolbox:0.1.0";
const toolbox = (name: string): string => `docker run --rm ${options(name)} ${image}`;
const ask = "docker version --format {{.Server.Platform.Name}}";
const load = "docker load --input /image.tar";
const tag = (name: string): string => `docker tag ${id("a")} flipt-sidecar-lab/${name}`;

/** Names of containers that may run beside each other end differently each time. */
const anonymous = (words: string): string => words.replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, "");
const isLoading = ({ words }: Command): boolean => /^docker (load|tag)/.test(words);
/** What is looked at before something is done. */
const isLook = ({ words }: Command): boolean =>
  / ps --all --no-trunc |^docker (volume ls|image ls --quiet)/.test(words) || words === ask;
const steps = ({ commands }: Recording): string[] =>
  commands.filter((each) => !isLoading(each) && !isLook(each)).map(({ words }) => anonymous(words));
const loads = ({ commands }: Recording): string[] => commands.filter(isLoading).map(({ words }) => words);
const remove = (mode: string, name = "down"): string =>
  `${toolbox(name)} cluster delete --on minikube --profile flipt-sidecar-lab-verify-${mode}`;

test("up :: one command that cannot be broken into, then a look that may stand beside others", async () => {
  const recording = await play(live.up);
  assert.is(recording.error, "");
  assert.equal(steps(recording), [
    `${toolbox("up")} up --on minikube --mode local`,
    `${toolbox("status")} status --on minikube`,
  ]);
});

test("up :: what runs, what to type next, how to get at it, and a line break", async () => {
  const { result } = await play((lab, dag) => lab.up("object-store", ["flipt-emulator"], socket(dag)));
  assert.is(
    result,
    `mode local
✓  flipt-master
in step

next
  dagger call status                                                 where each hop of the copy stands
  dagger call verify --mode object-store --component flipt-emulator  prove every fact of this mode
  dagger call kubeconfig -o ./kubeconfig                             for kubectl
  dagger call down                                                   remove all of it

with that kubeconfig (one of the first two at a time)
  kubectl --kubeconfig ./kubeconfig port-forward svc/flipt-master --namespace default 8080:8080  flags are edited at http://127.0.0.1:8080
  kubectl --kubeconfig ./kubeconfig port-forward svc/sample-app   --namespace default 8080:8080  the sidecar
  kubectl --kubeconfig ./kubeconfig port-forward svc/sample-app   --namespace default 8000:8000  the application
`,
  );
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
    const chosen = components.map((name) => ` --component ${name}`).join("");
    const up = `${toolbox("up")} up --on minikube --mode ${mode}${chosen}`;
    assert.ok(steps(recording).includes(up));
  });
}

test("load :: of an image that is built, once, with the digest of its sources on it", async () => {
  const { commands } = await play(live.status);
  const [loading, ...more] = commands.filter(({ words }) => words === load);
  assert.is(more.length, 0);
  const tar = loading?.chain.find(({ field }) => field === "withMountedFile")?.args;
  assert.is(tar?.path, "/image.tar");
  assert.ok(isChain(tar?.source));
  const [build, label, last] = tar.source.slice(-3);
  assert.equal([build?.field, last?.field], ["dockerBuild", "asTarball"]);
  assert.equal(label?.args, { name: "flipt-sidecar-lab.source", value: "xxh3:5eed" });
});

for (const [name, call] of [
  ["status", live.status],
  ["kubeconfig", live.kubeconfig],
  ["down", live.down],
  ["a second up", (lab, dag) => lab.up("object-store", [], socket(dag))],
] as [string, Call][]) {
  test(`load :: ${name} builds and loads nothing that Docker has with the same sources`, async () => {
    const there = { command: /^docker image ls --quiet .*label=flipt-sidecar-lab.source=xxh3:5eed /, stdout: "ab12\n" };
    const recording = await play(call, there);
    assert.is(recording.error, "");
    assert.equal([loads(recording), recording.builds.size], [[], 0]);
  });
}

for (const [name, call, words] of [
  ["status", live.status, [`${toolbox("status")} status --on minikube`]],
  [
    "status in a namespace",
    (lab, dag) => lab.status(socket(dag), undefined, undefined, "mine"),
    [`${toolbox("status")} status --on minikube --namespace mine`],
  ],
  ["kubeconfig", live.kubeconfig, [`${toolbox("kubeconfig")} cluster kubeconfig --on minikube`]],
] as [string, Call, string[]][]) {
  test(`${name} :: the toolbox, then one command`, async () => {
    const recording = await play(call);
    assert.is(recording.error, "");
    assert.equal(steps(recording), words);
    assert.ok(recording.builds.has("images/toolbox/Dockerfile"));
  });
}

const label = "label=flipt-sidecar-lab.source";
const named = `docker image ls --filter ${label} --filter reference=flipt-sidecar-lab/* --format {{.Repository}}:{{.Tag}}`;
const clearing = ["docker volume rm flipt-sidecar-lab.state", named, `docker image prune --force --filter ${label}`];
const hasState = { command: /^docker volume ls --quiet/, stdout: "flipt-sidecar-lab.state\n" };
const node = { command: /^docker ps .*label=name.minikube/, stdout: "c0de\n" };
const isUse = (words: string): boolean => /^docker ps |--entrypoint ls/.test(words);

for (const [name, mode, call] of [
  ["verify-local", "local", (lab, dag) => lab.verifyLocal(socket(dag))],
  ["verify-object-store", "object-store", live["verify-object-store"]],
] as [string, string, Call][]) {
  const words = `${toolbox(`verify-${mode}`)} verify --on minikube --mode ${mode}`;
  test(`${name} :: the toolbox, then one command; beside a lab nothing is removed`, async () => {
    const recording = await play(call, node);
    assert.is(recording.error, "");
    assert.equal(
      steps(recording).filter((each) => !isUse(each)),
      [words],
    );
  });

  test(`${name} :: without a lab it removes what it made`, async () => {
    const recording = await play(call, hasState);
    assert.is(recording.error, "");
    assert.equal(
      steps(recording).filter((each) => !isUse(each)),
      [words, ...clearing],
    );
    assert.ok(recording.said.includes('removed volume "flipt-sidecar-lab.state"'));
  });
}

for (const [what, answer] of [
  ["another one that still runs", { command: /^docker ps .*volume=flipt-sidecar-lab.state/, stdout: "beef\n" }],
  ["what an earlier one has kept of its failure", { command: / ls \S+ \/content\/runs$/, stdout: "lab-failure\n" }],
] as const)
  test(`verify :: ${what} keeps volume and images`, async () => {
    const recording = await play(live.verify, answer);
    assert.not.ok(steps(recording).some((words) => words.startsWith("docker volume rm")));
  });

test("kubeconfig :: a file of its owner alone, that no output shows", async () => {
  const { requests, commands } = await play(live.kubeconfig, {
    command: /cluster kubeconfig/,
    stdout: "kind: Config\n",
  });
  const file = requests.at(-1)?.find(({ field }) => field === "withNewFile");
  assert.equal(file?.args, { path: "kubeconfig", contents: "kind: Config\n", permissions: 0o600 });
  assert.is(commands.at(-1)?.options.redirectStdout, "/kubeconfig");
});

const bringOut = [
  `docker create ${options("diagnostics")} ${image} diagnostics --on minikube --output /now`,
  "docker start --attach 5eed",
  "docker cp 5eed:/state/runs /diagnostics",
  "docker cp 5eed:/now /diagnostics/now",
  "docker rm 5eed",
];

test("diagnostics :: asked for, brought out with what failed runs kept, and nothing is left", async () => {
  const recording = await play(live.diagnostics);
  assert.equal(steps(recording), bringOut);
  assert.equal(recording.requests.at(-1)?.at(-2)?.args, { path: "/diagnostics" });
});

test("diagnostics :: what was kept comes out also when nothing runs", async () => {
  const nothing = { command: /^docker start/, exit: 2, stderr: "lab: no lab runs here\n" };
  const recording = await play(live.diagnostics, nothing);
  assert.is(recording.error, "");
  assert.equal(steps(recording), bringOut);
  assert.ok(recording.said.includes("no lab runs here"));
});

test("diagnostics :: nothing is left also when nothing comes out", async () => {
  const broken = { command: /^docker cp/, exit: 1, stderr: "Error: no such path\n" };
  const recording = await play(live.diagnostics, broken);
  assert.match(recording.error, /^diagnostics failed: Error: no such path \(exit 1\); start a lab: /);
  assert.is(steps(recording).at(-1), "docker rm 5eed");
});

test("down :: the lab, what a killed verify left, the volume, the names that images of ours have; no id, no force", async () => {
  const recording = await play(
    live.down,
    hasState,
    { command: / down /, stdout: 'removed profile "flipt-sidecar-lab"\n' },
    { command: /cluster delete .*-local$/, stdout: 'removed profile "flipt-sidecar-lab-verify-local"\n' },
    { command: /cluster delete /, stdout: 'nothing to do: no profile "flipt-sidecar-lab-verify-object-store"\n' },
    {
      command: /^docker image ls --filter/,
      stdout: "flipt-sidecar-lab/exporter:0.1.0\nflipt-sidecar-lab/minio:0.9.0\n",
    },
  );
  assert.equal(steps(recording), [
    `${toolbox("down")} down --on minikube`,
    remove("local"),
    remove("object-store"),
    ...clearing.slice(0, 2),
    "docker image rm flipt-sidecar-lab/exporter:0.1.0 flipt-sidecar-lab/minio:0.9.0",
    ...clearing.slice(2),
  ]);
  assert.is(
    recording.result,
    `removed profile "flipt-sidecar-lab"
removed profile "flipt-sidecar-lab-verify-local"
removed volume "flipt-sidecar-lab.state" and 2 images: flipt-sidecar-lab/exporter:0.1.0, flipt-sidecar-lab/minio:0.9.0
`,
  );
});

test("down :: what only this call brought is not told as removed", async () => {
  const recording = await play(
    live.down,
    { command: / down |cluster delete/, stdout: 'nothing to do: no profile "x"\n' },
    { command: /^docker image ls --filter/, stdout: `${image}\n` },
  );
  assert.is(recording.result, 'nothing to do: no profile "x"\n');
  assert.ok(steps(recording).includes(`docker image rm ${image}`));
});

test("down :: a lab that could not be removed keeps its state", async () => {
  const stuck = { command: / down /, exit: 2, stderr: "lab: docker is busy\n" };
  const recording = await play(live.down, stuck);
  assert.match(recording.error, /^down failed: docker is busy \(exit 2\); to see why: dagger call diagnostics -o/);
  assert.is(steps(recording).at(-1), `${toolbox("down")} down --on minikube`);
});

const false_ = {
  command: / verify /,
  exit: 1,
  stdout: '✗ a flag arrives\n\nmode local NOT verified: 1 failed\nremoved profile "flipt-sidecar-lab-verify-local"\n',
  stderr:
    'lab: mode local NOT verified, false is: "a flag arrives" (not there after 65s)\n  logs and states: /state/runs/lab-failure/verify-local\n',
};

test("verify :: a false fact fails it by its name, and what it started is removed after that", async () => {
  const recording = await play(live.verify, false_);
  assert.is(
    recording.error,
    'verify failed: mode local NOT verified, false is: "a flag arrives" (not there after 65s) (exit 1); to see why: dagger call diagnostics -o ./diagnostics',
  );
  assert.is(steps(recording).at(-1), remove("local", "verify-local"));
});

test("verify :: a clean-up that fails hides nothing", async () => {
  const stuck = { command: /cluster delete/, exit: 2, stderr: "lab: docker is busy\n" };
  const recording = await play(live.verify, false_, stuck);
  assert.match(recording.error, /^verify failed: mode local NOT verified/);
  assert.ok(recording.said.includes("the clean-up failed: docker is busy (exit 2)"));
  const full = { command: /^docker volume rm/, exit: 1, stderr: "Error: volume is in use\n" };
  const proof = { command: / verify /, stdout: "mode local verified: 30 passed" };
  const passed = await play(live.verify, proof, full);
  assert.equal([passed.error, passed.result], ["", "mode local verified: 30 passed\n"]);
  assert.ok(passed.said.includes("the clean-up failed: Error: volume is in use (exit 1)"));
});

test.run();
