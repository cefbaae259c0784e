import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fullName, imagesOf, parseImages, planLoad } from "../../src/drivers/minikube/images.ts";
import { startArguments } from "../../src/drivers/minikube/minikube.ts";
import { type NodeStatus, parseProfiles, parseStatus, stateOf } from "../../src/drivers/minikube/profile.ts";
import { minikubeHome } from "../../src/drivers/minikube/record.ts";

const profiles = suite("profile");

profiles("list :: valid ones and invalid ones", () => {
  const config = { Driver: "docker", KubernetesConfig: { KubernetesVersion: "v1.35.1" } };
  const list = {
    invalid: [{ Name: "X_y", Status: "", Config: null, Active: false }],
    valid: [{ Name: "half", Status: "", Config: config, Active: false }],
  };
  assert.equal(parseProfiles(JSON.stringify(list)), [
    { name: "half", kubernetes: "v1.35.1" },
    { name: "X_y", kubernetes: "" },
  ]);
  assert.equal(parseProfiles('{"invalid":[],"valid":[]}'), []);
});
profiles("list :: no JSON is one line", () =>
  assert.throws(() => parseProfiles("oh\nno"), /^minikube profile list: no JSON was answered, but: oh no$/),
);

const node = (Host: string, Kubelet = Host, APIServer = Host, Kubeconfig = "Configured"): NodeStatus => ({
  Host,
  Kubelet,
  APIServer,
  Kubeconfig,
});

profiles("status :: one node, several, none", () => {
  assert.equal(parseStatus(JSON.stringify(node("Running"))), node("Running"));
  assert.equal(parseStatus(JSON.stringify([node("Stopped"), node("Running")])), node("Stopped"));
  assert.is(parseStatus("null"), undefined);
  assert.throws(() => parseStatus(""), /^minikube status: no JSON was answered, but: nothing$/);
});

for (const [what, seen, ours, theirs, unfinished] of [
  ["all runs", node("Running"), "running", "running", "running"],
  ["it is stopped", node("Stopped", "Stopped", "Stopped", "Stopped"), "stopped", "stopped", "stopped"],
  ["it is paused", node("Running", "Stopped", "Paused"), "paused", "paused", "paused"],
  ["the kubelet has stopped", node("Running", "Stopped", "Stopped"), "impaired", "impaired", "unfinished"],
  ["the API server has an error", node("Running", "Running", "Error"), "impaired", "impaired", "unfinished"],
  ["Docker has no container", undefined, "impaired", "impaired", "unfinished"],
  ["the disk is full", node("InsufficientStorage", "Running", "Running"), "running", "running", "running"],
  ["no kubeconfig", node("Running", "Running", "Running", "Misconfigured"), "detached", "detached", "detached"],
] as const) {
  profiles(`state :: ${what}`, () => {
    const states = [true, undefined, false].map((ready) => stateOf({ known: true, node: seen, inDocker: true, ready }));
    assert.equal(
      states,
      [ours, theirs, unfinished],
      "ours, somebody's, ours whose first start did not come to its end",
    );
  });
}
for (const [inDocker, ready, state] of [
  [false, undefined, "absent"],
  [false, false, "absent"],
  [true, false, "unfinished"],
  [true, true, "foreign"],
  [true, undefined, "foreign"],
] as const) {
  profiles(`state :: minikube does not know it; in Docker: ${inDocker}, started by us: ${ready}`, () =>
    assert.is(stateOf({ known: false, node: undefined, inDocker, ready }), state),
  );
}

profiles("start :: --force only as root", () => {
  const machine = { memory: "4g", cpus: 2 };
  assert.not(startArguments("a", machine, false).includes("--force"));
  assert.ok(startArguments("a", machine, true).includes("--force"));
});

for (const [env, path] of [
  [{ HOME: "/home/me" }, "/home/me/.minikube"],
  [{ HOME: "/home/me", MINIKUBE_HOME: "/state" }, "/state/.minikube"],
  [{ MINIKUBE_HOME: "/state/.minikube" }, "/state/.minikube"],
] as [NodeJS.ProcessEnv, string][]) {
  profiles(`home :: ${JSON.stringify(env)}`, () => assert.is(minikubeHome(env), path));
}
profiles.run();

// ---

const images = suite("images");

for (const [short, full] of [
  ["node:24", "docker.io/library/node:24"],
  ["flipt/flipt:v1.61.1", "docker.io/flipt/flipt:v1.61.1"],
  ["docker.io/flipt/flipt:v1", "docker.io/flipt/flipt:v1"],
  ["host:5000/a:1", "host:5000/a:1"],
  ["localhost/a:1", "localhost/a:1"],
] as const) {
  images(`name :: ${short}`, () => assert.is(fullName(short), full));
}

images("parse :: what a node answers", () =>
  assert.equal(
    parseImages(
      '[{"id":"sha256:ab","repoDigests":[],"repoTags":["docker.io/a/b:1"],"size":"5"},{"id":"cd","repoTags":null}]',
    ),
    [
      { id: "ab", tags: ["docker.io/a/b:1"] },
      { id: "cd", tags: [] },
    ],
  ),
);

for (const [what, id, node, loaded, list] of [
  ["here, not in the node", "sha256:1", [], {}, "load"],
  ["the same in the node", "sha256:1", [{ id: "1", tags: ["docker.io/a/b:1"] }], {}, "present"],
  ["another one in the node", "sha256:1", [{ id: "2", tags: ["docker.io/a/b:1"] }], {}, "load"],
  [
    "loaded before, known there by another id",
    "sha256:1",
    [{ id: "2", tags: ["docker.io/a/b:1"] }],
    { "a/b:1": "sha256:1" },
    "present",
  ],
  ["loaded before, gone from the node", "sha256:1", [], { "a/b:1": "sha256:1" }, "load"],
  [
    "built anew since it was loaded",
    "sha256:3",
    [{ id: "2", tags: ["docker.io/a/b:1"] }],
    { "a/b:1": "sha256:1" },
    "load",
  ],
  ["not here", undefined, [], {}, "pull"],
  ["not here, in the node", undefined, [{ id: "2", tags: ["docker.io/a/b:1"] }], {}, "present"],
] as const) {
  images(`plan :: ${what}`, () => {
    const plan = planLoad(
      new Map([["a/b:1", id]]),
      node.map(({ id, tags }) => ({ id, tags: [...tags] })),
      loaded,
    );
    assert.equal(plan, { load: [], present: [], pull: [], [list]: ["a/b:1"] });
  });
}

images("of objects :: each once, of init containers and of a CronJob's template too", () => {
  const pod = { containers: [{ name: "a", image: "one" }], initContainers: [{ name: "b", image: "two" }] };
  const objects = [
    { kind: "Deployment", spec: { template: { spec: pod } } },
    {
      kind: "CronJob",
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: "three" }, { image: "one" }] } } } } },
    },
    { kind: "ConfigMap", data: { image: "four" } },
  ];
  assert.equal(imagesOf(objects), ["one", "three", "two"]);
});
images.run();
