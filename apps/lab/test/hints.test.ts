import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kubectlHint, labHint, lookHint } from "../src/hints.ts";

const test = suite("hints");

const npm = {
  namespace: "default",
  context: "lab",
  options: "--on kubernetes --context lab --namespace default",
  dagger: undefined,
  passing: false,
};
const machine = { ...npm, dagger: "" };
const cluster = { ...npm, namespace: "mine", dagger: " --kubeconfig ./config --api tcp://10.0.0.5:6443" };

for (const [reader, place, command, kubectl] of [
  [
    "npm",
    npm,
    "npm run -s lab -- up --on kubernetes --context lab --namespace default --mode local",
    "kubectl get pods --context lab --namespace default",
  ],
  [
    "Dagger, this machine",
    machine,
    "dagger call up --mode local",
    "kubectl --kubeconfig ./kubeconfig get pods --namespace default",
  ],
  [
    "Dagger, this machine, a namespace",
    { ...machine, namespace: "mine" },
    "dagger call up --namespace mine --mode local",
    "kubectl --kubeconfig ./kubeconfig get pods --namespace mine",
  ],
  [
    "Dagger, a cluster that is there",
    cluster,
    "dagger call up --kubeconfig ./config --api tcp://10.0.0.5:6443 --namespace mine --mode local",
    "kubectl --kubeconfig ./config get pods --namespace mine",
  ],
] as const) {
  test(`who has called by ${reader}`, () => {
    assert.is(labHint("up", place, ["--mode", "local"]), command);
    assert.is(kubectlHint("get pods", place), kubectl);
    assert.is(lookHint("get pods", place), `; look with: ${kubectl}`);
  });
}

test("nobody is sent to what is removed when the command ends", () =>
  assert.is(lookHint("get pods", { ...npm, passing: true }), ""));

test.run();
