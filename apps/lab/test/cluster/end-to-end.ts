// Both modes on a real cluster: npm run test:cluster.
import { PatchStrategy } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { label } from "../../src/drivers/kubernetes/apply/plan.ts";
import { listOurs } from "../../src/drivers/kubernetes/cluster/objects.ts";
import { type ModeName, modeNames } from "../../src/modes.ts";
import { clusterLab } from "./lab.ts";
import { fliptComponent } from "./place.ts";

const { cluster, lab, end } = await clusterLab();
const { namespace } = cluster;

const foreign = { metadata: { name: "foreign", labels: { app: "foreign" } } };

/** A pod and a ConfigMap that are none of ours. */
async function placeForeign(): Promise<void> {
  const image = "flipt-sidecar-lab/exporter:0.1.0";
  const { core, objects } = cluster;
  const secure = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const spec = {
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      { name: "main", image, command: ["node", "-e", "setInterval(() => {}, 1e6)"], securityContext: secure },
    ],
  };
  const apply = (object: object) =>
    objects.patch(object, undefined, undefined, "foreign", true, PatchStrategy.ServerSideApply);
  const metadata = { ...foreign.metadata, namespace };
  await apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } });
  await apply({ apiVersion: "v1", kind: "Pod", metadata, spec });
  await core.readNamespacedPod({ name: "foreign", namespace });
}

async function foreignUids(): Promise<(string | undefined)[]> {
  const { core } = cluster;
  const name = { name: "foreign", namespace };
  const both = await Promise.all([core.readNamespacedPod(name), core.readNamespacedConfigMap(name)]);
  return both.map(({ metadata }) => metadata?.uid);
}

/** What moves when an object is changed; Jobs of the schedule and pods come and go by themselves. */
async function generations(): Promise<Record<string, string>> {
  const objects = (await listOurs(cluster)).filter(
    ({ kind, metadata }) => kind !== "Pod" && !metadata?.ownerReferences,
  );
  return Object.fromEntries(
    objects.map((object) => {
      const { uid, generation } = object.metadata ?? {};
      const content = "data" in object ? JSON.stringify(object.data) : "";
      return [label(object), `${uid} ${generation} ${content}`];
    }),
  );
}

const volumes = async (): Promise<string[]> =>
  (await cluster.core.listPersistentVolume()).items
    .filter(({ spec }) => spec?.claimRef?.namespace === namespace)
    .map(({ metadata }) => metadata?.name ?? "");

const test = suite("lab on a cluster");

test("up :: from nothing, into a namespace that is made", async () => {
  await lab("down", "-", ["down"]);
  const { stdout } = await lab("up, first", modeNames[0] ?? "", [
    "up",
    "--mode",
    modeNames[0] ?? "",
    ...fliptComponent,
  ]);
  assert.match(stdout.split("\n")[0] ?? "", `cluster: context "${cluster.context}"`);
  assert.match(stdout, /flipt-sidecar +flag ".*" is (true|false)/);
  await placeForeign();
});

for (const mode of modeNames) modeTests(mode);

function modeTests(mode: ModeName): void {
  let before: Record<string, string> = {};
  let uids: (string | undefined)[] = [];

  test(`${mode} :: up changes the mode, and what the other one left is gone`, async () => {
    uids = await foreignUids();
    await lab("up", mode, ["up", "--mode", mode, ...fliptComponent]);
    before = await generations();
    const names = Object.keys(before);
    assert.is(names.includes('Deployment "minio"'), mode === "object-store");
    assert.is(names.includes('Secret "minio-root"'), mode === "object-store");
    assert.is(names.includes('PersistentVolumeClaim "flipt-features"'), mode === "local");
    assert.equal(await foreignUids(), uids);
  });

  test(`${mode} :: a second up changes nothing`, async () => {
    const { stdout } = await lab("up, second", mode, ["up", "--mode", mode, ...fliptComponent]);
    assert.match(stdout, / 0 created, 0 changed/);
    assert.equal(await generations(), before);
  });

  test(`${mode} :: secrets are shown nowhere`, async () => {
    const { items } = await cluster.core.listNamespacedSecret({ namespace });
    const values = items.flatMap(({ data = {} }) =>
      Object.values(data).map((each) => Buffer.from(each, "base64").toString()),
    );
    const { stdout, stderr } = await lab("up, third", mode, ["up", "--mode", mode, ...fliptComponent]);
    for (const value of values.filter((each) => each.length > 12)) assert.not.match(stdout + stderr, value);
    assert.is(values.length > 0, mode === "object-store");
  });

  test(`${mode} :: every fact holds`, async () => {
    const { stdout } = await lab("verify", mode, ["verify", "--mode", mode, "--output", "json"]);
    const { passed, failed, results } = JSON.parse(stdout);
    assert.is(failed, 0);
    assert.ok(passed >= 30, `${passed} passed`);
    const cluster = results.filter(({ group }: { group: string }) => group === "cluster");
    assert.equal(
      cluster.map(({ outcome }: { outcome: string }) => outcome),
      Array(5).fill("passed"),
    );
  });

  test(`${mode} :: status knows each hop`, async () => {
    const { stdout } = await lab("status", mode, ["status", "--output", "json"]);
    const { mode: seen, hops, verdict } = JSON.parse(stdout);
    assert.is(seen, mode);
    assert.is(
      hops.every(({ ok }: { ok: boolean }) => ok),
      true,
    );
    assert.is.not(verdict, "broken");
  });

  test(`${mode} :: export runs now, and its exit code is the exporter's`, async () => {
    const { stdout } = await lab("export", mode, ["export"]);
    assert.match(stdout, /^(unchanged|published) /);
  });
}

test("down :: leaves no object and no volume of ours, and what is foreign", async () => {
  const uids = await foreignUids();
  const { stdout } = await lab("down", modeNames.at(-1) ?? "", ["down"]);
  assert.match(stdout, /; namespace ".*" stays: it holds (ConfigMap|Pod) "foreign"/);
  assert.equal((await listOurs(cluster)).map(label), []);
  assert.equal(await volumes(), []);
  assert.equal(await foreignUids(), uids);
});

test("status :: without a lab it says how to start one", async () => {
  const { stderr } = await lab("status", "-", ["status"], 2);
  assert.match(stderr, /^lab: no lab runs in namespace ".*; start one with: /);
});

test.after(end);

test.run();
