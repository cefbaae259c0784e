import { deepStrictEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatStream, parseStream } from "../src/index.ts";
import { readThoroughly } from "../src/parse.ts";
import { readPlain } from "../src/plain-reader.ts";
import { documents, loadableDocuments } from "./arbitrary.ts";

const plain = suite("plain reader");
const folder = new URL("fixtures/", import.meta.url);
const texts: [string, string][] = JSON.parse(readFileSync(new URL("texts.json", folder), "utf8"));
const states = readdirSync(new URL("states/", folder)).map((name) =>
  readFileSync(new URL(`states/${name}`, folder), "utf8"),
);

/** What the quick way reads is what the whole parser reads; characters that no way reads are refused before. */
const agrees = (text: string) => {
  if (readPlain(text) && !text.includes("\u007f")) deepStrictEqual(parseStream(text), readThoroughly(text));
};

plain("equal :: every recorded text", () => {
  for (const [text] of texts) agrees(text);
  assert.ok(texts.filter(([text]) => readPlain(text)).length > 20);
});
plain("equal :: every recorded state", () => {
  for (const text of states) agrees(text);
});

for (const [name, arbitrary] of Object.entries({ documents, loadableDocuments })) {
  plain(`equal :: ${name} as formatStream writes them`, () =>
    fc.assert(
      fc.property(arbitrary, (given) => agrees(formatStream(given))),
      { numRuns: 60 },
    ),
  );
  plain(`equal :: ${name} with one piece cut out or put in`, () =>
    fc.assert(
      fc.property(arbitrary, fc.nat(), fc.nat(8), fc.constantFrom(...pieces), (given, at, length, piece) => {
        const characters = [...formatStream(given)];
        characters.splice(at % characters.length, length, piece);
        agrees(characters.join(""));
      }),
      { numRuns: 80 },
    ),
  );
}
const pieces = [
  "",
  " ",
  "\n",
  "  ",
  "- ",
  "-",
  ": ",
  ":",
  "#",
  " #",
  '"',
  "'",
  "a",
  "0",
  "---\n",
  "\n---\n",
  "...",
  "\n  ",
  "\n- ",
  "\n- - a",
  "\t",
  "\r\n",
];

plain("scope :: what formatStream writes for common names", () => {
  const flags = [
    { key: "a-b", name: "A flag (new), 50%", description: 'Two\nlines: "x"', metadata: { n: 1.5, t: "5" } },
  ];
  assert.ok(readPlain(formatStream([{ namespace: { key: "a" }, flags }, { namespace: { key: "b" } }])));
});

const scope: [string, unknown[] | undefined][] = [
  ["", []],
  ["# only\n", []],
  ["a: b\n---\n# none\n---\nc: []\n", [{ a: "b" }, undefined, { c: [] }]],
  ["---\na: b\n", [{ a: "b" }]],
  [
    "a:\nb:\n- c\n- - d\n  - 5\n- e: f\n  g:\n    h: null\n",
    [{ a: null, b: ["c", ["d", 5], { e: "f", g: { h: null } }] }],
  ],
  ["a: b\n  c\n", undefined],
  ["a: b\na: c\n", undefined],
  ["a: &x b\n", undefined],
  ["a: |\n  b\n", undefined],
  ["a: 'b'\n", undefined],
  ["a: 2026-01-01\n", undefined],
  ["a: {b: c}\n", undefined],
  ["true: b\n", undefined],
  ["a:\n\tb: c\n", undefined],
  ['a: "b\tc"\n', undefined],
  [" a: b\nc: d\n", undefined],
];
for (const [text, values] of scope) {
  plain(`scope :: ${JSON.stringify(text)} is ${values ? "read" : "left to the whole parser"}`, () =>
    assert.equal(readPlain(text), values),
  );
}

plain.run();
