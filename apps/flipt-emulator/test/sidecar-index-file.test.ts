import { suite } from "uvu";
import * as assert from "uvu/assert";
import { byName, readIndex } from "../src/sidecar/index-file.ts";

const index = suite("index file");

const names = [
  ...["features.yml", "features.yaml", "old-features.yml", "a.features.yml", ".features.yml", "deep/features.yml"],
  ...[
    "features.json",
    "features.yml.bak",
    "features.yml.tmp",
    ".flipt.yml",
    "a.yml",
    "state/b.yml",
    "state/deep/c.yml",
  ],
];
const selected = (text: string): string => names.filter(readIndex(text)).join(" ");

index("names :: without an index file", () => {
  const expected = "features.yml features.yaml old-features.yml a.features.yml .features.yml deep/features.yml";
  assert.is(names.filter(byName).join(" "), expected);
});

const rows: [text: string, expected: string][] = [
  ['version: "1.0"', ""],
  ["include:", ""],
  ['include: ["a.yml"]', "a.yml"],
  ['include: ["?.yml"]', "a.yml"],
  ['include: ["state/*.yml"]', "state/b.yml state/deep/c.yml"],
  ['include: ["state/**/c.yml"]', "state/deep/c.yml"],
  ['include: ["*.yml"]\nexclude: ["*features*", "state/*"]', ".flipt.yml a.yml"],
  ['include: ["{a,state/b}.yml"]', "a.yml state/b.yml"],
  ['include: ["[!f.]*.y*ml"]', "old-features.yml a.features.yml deep/features.yml a.yml state/b.yml state/deep/c.yml"],
  ['include: ["features.*"]', "features.yml features.yaml features.json features.yml.bak features.yml.tmp"],
  ["include: ['\\a.yml']", "a.yml"],
];
for (const [text, expected] of rows) index(`select :: ${text}`, () => assert.is(selected(text), expected));

const refused: [text: string, message: RegExp][] = [
  ["", /^EOF$/],
  ["# nothing\n", /^EOF$/],
  ["x", /^yaml: /],
  ['include: "a.yml"', /^yaml: .*"include" must be a list/],
  ['version: "1.0', /^yaml: /],
  ['include: ["[a"]', /^compiling include glob: unexpected end of input$/],
  ['exclude: ["[a"]', /^compiling exclude glob: unexpected end of input$/],
];
for (const [text, message] of refused) index(`refuse :: ${text}`, () => assert.throws(() => readIndex(text), message));

index.run();
