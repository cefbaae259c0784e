import type { KubernetesObject } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Manifest } from "../../src/drivers/kubernetes/apply/manifests.ts";
import { plant } from "../../src/drivers/kubernetes/apply/seed.ts";
import { noSeed, type Seed } from "../../src/seed.ts";

const map = (text: string) =>
  ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "flipt-seed" },
    data: { "features.yml": text },
  }) as Manifest;
const job = (done: boolean): KubernetesObject =>
  ({
    kind: "Job",
    metadata: { name: "flipt-seed" },
    status: { conditions: [{ type: done ? "Complete" : "Failed", status: "True" }] },
  }) as KubernetesObject;
const own = map("flags:\n- {key: a, name: A}\n");
const theirs: Seed = { file: "/mine.yml", text: "flags:\n- {key: b, name: B}\n", documents: [] };
const large: Seed = { ...theirs, file: "/large.yml", text: `# ${"x".repeat(1_000_000)}\n${theirs.text}` };
const textOf = ([manifest]: Manifest[]): string | undefined =>
  (manifest as { data?: Record<string, string> }).data?.["features.yml"];

const test = suite("plant");
for (const [name, existing, seed, text, rest] of [
  ["nothing asked, nothing there", [], undefined, textOf([own]), { empty: false, unused: "" }],
  ["a document", [], theirs, theirs.text, { empty: false, unused: "" }],
  ["no seed", [], noSeed, noSeed.text, { empty: true, unused: "" }],
  [
    "a second up, without the option",
    [map(theirs.text), job(true)],
    undefined,
    theirs.text,
    { empty: false, unused: "" },
  ],
  [
    "a second up after one without seed",
    [map(noSeed.text), job(true)],
    undefined,
    noSeed.text,
    { empty: true, unused: "" },
  ],
  [
    "a second up with the same document",
    [map(theirs.text), job(true)],
    theirs,
    theirs.text,
    { empty: false, unused: "" },
  ],
  [
    "a Job that has failed is done again",
    [map("flags: []"), job(false)],
    theirs,
    theirs.text,
    { empty: false, unused: "" },
  ],
  [
    "another document, too late",
    [own, job(true)],
    theirs,
    textOf([own]),
    { empty: false, unused: "; /mine.yml is for a new master: bring it in with: npm run -s lab -- import" },
  ],
] as [string, KubernetesObject[], Seed | undefined, string, object][]) {
  test(name, () => {
    const { manifests, byHand, ...seen } = plant([own], existing, seed);
    assert.equal([textOf(manifests), byHand, seen], [text, undefined, rest]);
  });
}
test("more than a ConfigMap holds :: by hand, also when the first up was cut off before", () => {
  const first = plant([own], [], large);
  assert.is(first.byHand, large);
  assert.ok((textOf(first.manifests) ?? "").length < 100);
  assert.is(plant([own], [map(textOf(first.manifests) ?? ""), job(true)], large).byHand, large);
});
test("no ConfigMap :: refused", () =>
  assert.throws(() => plant([], [], theirs), /there is no ConfigMap "flipt-seed" to put "\/mine.yml" into/));
test.run();
