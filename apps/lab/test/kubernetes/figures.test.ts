import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compare, type Print, type Prints } from "../cluster/figures/objects.ts";
import { isBeyond, judge, markdown, text } from "../cluster/figures/table.ts";

const test = suite("figures");

for (const [seen, most, beyond] of [
  [0, 0, false],
  [1, 0, true],
  [5, 5, false],
  [5.01, 5, true],
  [Number.NaN, 60, true],
] as const)
  test(`verdict :: ${seen} where at most ${most} is right`, () => {
    assert.is(isBeyond(judge("up", "local", seen, most)), beyond);
  });

const print: Print = { uid: "a", generation: 1, hash: "x" };
const withoutGeneration: Print = { uid: "b", generation: undefined, hash: "x" };
const before: Prints = new Map([
  ["Deployment", print],
  ["Secret", withoutGeneration],
]);
const none = { created: 0, deleted: 0, generations: 0, contents: 0 };
const changes: [string, [string, Print][], object][] = [
  ["nothing", [], none],
  ["another generation", [["Deployment", { ...print, generation: 2 }]], { ...none, generations: 1 }],
  ["another content", [["Secret", { ...withoutGeneration, hash: "y" }]], { ...none, contents: 1 }],
  ["made anew", [["Secret", { ...withoutGeneration, uid: "c" }]], { ...none, created: 1, deleted: 1 }],
  ["one more", [["Service", withoutGeneration]], { ...none, created: 1 }],
];
for (const [name, changed, expected] of changes)
  test(`differences :: ${name}`, () => {
    assert.equal(compare(before, new Map([...before, ...changed])), expected);
  });

test("differences :: one is gone", () => {
  assert.equal(compare(before, new Map([["Deployment", print]])), { ...none, deleted: 1 });
});

test("table :: for a terminal and as Markdown", () => {
  const figures = [judge("second up", "local", 2.25, 5, " s"), judge("objects left", "local", 1, 0)];
  assert.is(
    text(figures),
    "figure        mode   seen   limit  verdict\nsecond up     local  2.3 s  ≤ 5 s  ok\nobjects left  local  1      0      beyond",
  );
  assert.is(
    markdown([...figures, judge("second up", "object-store", 6, 5, " s", ", 2 changed")]),
    [
      "| figure | local | object-store | limit |",
      "| --- | --- | --- | --- |",
      "| second up | 2.3 s | **6 s, 2 changed** | ≤ 5 s |",
      "| objects left | **1** | – | 0 |",
    ].join("\n"),
  );
});

test.run();
