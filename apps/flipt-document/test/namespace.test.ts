import { suite } from "uvu";
import * as assert from "uvu/assert";
import { countFlags, type Document, mergeDocuments, namespaceKey } from "../src/index.ts";

const key = suite("namespace key");
const keys: [Document, string][] = [
  [{}, "default"],
  [{ namespace: "a" }, "a"],
  [{ namespace: { key: "a", name: "A" } }, "a"],
  [{ namespace: { name: "A" } as never }, ""],
];
for (const [document, expected] of keys) {
  key(`${JSON.stringify(document)} :: "${expected}"`, () => assert.is(namespaceKey(document), expected));
}
key.run();

const merge = suite("merge");
const rule = (segment: string) => ({ segment });
const segment = (name: string) => ({ key: "s", name, match_type: "ALL_MATCH_TYPE" as const });
const documents: Document[] = [
  {
    namespace: { key: "a", name: "First" },
    flags: [
      { key: "f", name: "F1", rules: [rule("s"), rule("t")] },
      { key: "g", name: "G" },
    ],
    segments: [segment("S1")],
  },
  { namespace: "b" },
  {
    namespace: { key: "a", name: "Second", description: "D" },
    flags: [{ key: "f", name: "F2", rules: [rule("u")], rollouts: [{ threshold: { percentage: 5 } }] }],
    segments: [segment("S2")],
  },
];

merge("namespaces :: are grouped, and named by their first document", () => {
  const named = mergeDocuments(documents).map(({ key, name, description, documents }) => ({
    key,
    name,
    description,
    documents,
  }));
  assert.equal(named, [
    { key: "a", name: "First", description: undefined, documents: [0, 2] },
    { key: "b", name: "b", description: undefined, documents: [1] },
  ]);
});
merge("flags :: the last definition counts", () => {
  assert.equal(
    mergeDocuments(documents)[0]?.flags.map(({ flag }) => flag.name),
    ["F2", "G"],
  );
});
merge("rules :: those of all definitions are listed by rank", () => {
  const [merged] = mergeDocuments(documents)[0]?.flags ?? [];
  assert.equal(merged?.listedRules, [
    { segment: "s", rank: 1 },
    { segment: "u", rank: 1 },
    { segment: "t", rank: 2 },
  ]);
  assert.equal(merged?.listedRollouts, [{ threshold: { percentage: 5 }, rank: 1 }]);
  assert.equal(merged?.flag.rules, [rule("u")]);
});
merge("segments :: the last definition counts", () => {
  assert.equal(
    mergeDocuments(documents)[0]?.segments.map(({ name }) => name),
    ["S2"],
  );
});
merge("count :: a flag of two definitions counts once", () => {
  assert.equal(
    [...countFlags(documents)],
    [
      ["a", 2],
      ["b", 0],
    ],
  );
});
merge.run();
