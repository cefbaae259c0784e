import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { componentFolder, findComponent } from "../../src/drivers/kubernetes/apply/manifests.ts";
import { mayChange, tooOld } from "../../src/drivers/kubernetes/cluster/guard.ts";
import { ours } from "../../src/drivers/kubernetes/cluster/kinds.ts";
import { everySeconds, nextStart } from "../../src/drivers/kubernetes/lab/schedule.ts";

const test = suite("guard");

const label = { [ours.name]: ours.value };

for (const [context, named, labels, allowed] of [
  ["minikube", false, undefined, true],
  ["kind-ci", false, {}, true],
  ["k3d-lab", false, {}, true],
  ["docker-desktop", false, {}, true],
  ["production", false, undefined, false],
  ["production", false, { team: "a" }, false],
  ["production", false, { [ours.name]: "other" }, false],
  ["production", false, label, true],
  ["production", true, undefined, true],
  ["minikube-production", false, {}, false],
  ["my-kind-ci", false, {}, false],
  ["kind-", false, {}, false],
] as [string, boolean, Record<string, string> | undefined, boolean][]) {
  test(`context :: ${context}, ${named ? "named" : "not named"}, ${JSON.stringify(labels ?? "no namespace")}`, () =>
    assert.is(mayChange(context, named, labels), allowed));
}

for (const [version, old] of [
  ["v1.28.15", true],
  ["v1.9.0", true],
  ["v1.29.0", false],
  ["v1.34.4", false],
  ["v1.31.2-eks-7f9249a", false],
  ["v1.30.5+k3s1", false],
  ["v2.0.0", false],
  ["unknown", true],
] as [string, boolean][]) {
  test(`version :: ${version}`, () => assert.is(tooOld(version) !== undefined, old));
}

test("component :: by name, by the end of it, unknown", () => {
  const known = ["fast", "flipt-emulator", "images"];
  assert.is(findComponent("flipt-emulator", known), "flipt-emulator");
  assert.is(findComponent("emulator", known), "flipt-emulator");
  assert.throws(
    () => findComponent("slow", known),
    /unknown component "slow": expected "fast", "flipt-emulator", "images"/,
  );
  assert.throws(() => findComponent("lator", known), /unknown component/);
});

test("component :: by the path of a folder that holds one", () => {
  const folder = mkdtempSync(join(tmpdir(), "component-"));
  try {
    assert.throws(() => componentFolder(folder), new RegExp(`there is no file "${folder}/kustomization.yaml"`));
    writeFileSync(join(folder, "kustomization.yaml"), "kind: Component\n");
    assert.is(componentFolder(folder), folder);
    assert.is(componentFolder(relative(process.cwd(), folder)), folder);
    assert.throws(() => componentFolder(join(folder, "none")), /there is no file/);
    assert.throws(() => componentFolder("none"), /unknown component "none".*or the path of a folder: "\.\/none"/);
    assert.match(componentFolder("fast"), /k8s\/components\/fast$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("schedule :: each N minutes, and no other", () => {
  assert.is(everySeconds("*/1 * * * *"), 60);
  assert.is(everySeconds("* * * * *"), 60);
  assert.is(everySeconds("*/5 * * * *"), 300);
  for (const other of ["0 * * * *", "@hourly", "*/0 * * * *", ""]) assert.throws(() => everySeconds(other), /schedule/);
  assert.is(nextStart(60, 119_000), 120_000);
  assert.is(nextStart(60, 120_000), 180_000);
});

test.run();
