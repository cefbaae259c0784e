import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type DocumentFlag, describe, parseStream } from "../src/index.ts";

const parse = suite("parse");

const one = (fields: string): DocumentFlag | undefined => {
  const { documents, complaints } = parseStream(`flags: [{key: f, name: F, ${fields}}]\n`);
  assert.equal(complaints, []);
  return documents[0]?.flags?.[0];
};
const attachment = (value: string) => one(`variants: [{key: v, attachment: {k: ${value}}}]`)?.variants?.[0]?.attachment;

const scalars: [string, unknown][] = [
  ["yes", "yes"],
  ["on", "on"],
  ["0x1f", 31],
  ["0o17", 15],
  ["017", 15],
  ["0b11", 3],
  ["1_000", 1000],
  [".5", 0.5],
  ["1e3", 1000],
  ["089", 89],
  ["1:30", "1:30"],
  ["1e400", "1e400"],
  ["~", null],
  ["-0", 0],
  ["-0.0", -0],
  ["9007199254740993", 9007199254740993n],
  ["18446744073709551615", 18446744073709551615n],
  ["-9223372036854775808", -9223372036854775808n],
  ["9007199254740993.0", 2 ** 53],
  ["2026-01-01", "2026-01-01T00:00:00Z"],
  ["2026-1-2T3:4:5.50+02:00", "2026-01-02T03:04:05.5+02:00"],
  ["2026-02-30", "2026-02-30"],
  ["2026-01-01 00:00:00Z", "2026-01-01 00:00:00Z"],
  ['"5"', "5"],
  ["!!str 5", "5"],
  ['!!int "5"', 5],
];
for (const [text, value] of scalars) {
  parse(`scalar :: ${text} in an attachment`, () => {
    const read = attachment(text) as { k: unknown };
    assert.ok(Object.is(read.k, value), `${String(read.k)} instead of ${String(value)}`);
  });
}

parse("scalar :: a date in a text field stays as written", () =>
  assert.is(one("description: 2026-1-2")?.description, "2026-1-2"),
);
parse("scalar :: metadata takes 64-bit integers", () =>
  assert.equal(one("metadata: {k: 9007199254740993}")?.metadata, { k: 9007199254740993n }),
);
parse("key :: __proto__ is a key like any other", () => {
  const { metadata = {} } = one("metadata: {__proto__: a}") ?? {};
  assert.equal(Object.entries(metadata), [["__proto__", "a"]]);
});

parse("operator :: null is none", () => {
  const flag = parseStream("flags: [{key: f, name: F, rules: [{segment: {keys: [], operator: ~}}, {segment: {}}]}]")
    .documents[0]?.flags?.[0];
  assert.equal(flag?.rules, [{ segment: { keys: [] } }, { segment: { keys: [] } }]);
});

parse("alias :: stands for its anchor, merged keys give way to given ones", () => {
  const { documents } = parseStream("flags:\n- &a {key: a, name: A}\n- {<<: *a, key: b}\n- *a\n");
  assert.equal(documents[0]?.flags, [
    { key: "a", name: "A" },
    { key: "b", name: "A" },
    { key: "a", name: "A" },
  ]);
});

const bomb = [
  "a: &a [1,1,1,1,1,1,1,1,1]",
  ..."bcdefgh".split("").map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[index]}`)}]`),
];
const refusals: [string, string][] = [
  [`x: *y`, "yaml: line 1: unknown anchor 'y' referenced"],
  ["flags: &a [*a]", "yaml: line 1: anchor 'a' value contains itself"],
  [bomb.join("\n"), "yaml: line 1: document contains excessive aliasing"],
  ["flags: []\nflags: []", 'yaml: line 2: mapping key "flags" already defined'],
  ["flags: []\n---\n[]", "conflicting values [] and struct (mismatched types list and struct) (features.yml 3)"],
  [
    "flags:\n- key: f\n  name: F\n  enabled: 1\n",
    "flags.0.enabled: conflicting values 1 and bool (mismatched types int and bool) (features.yml 4)",
  ],
  [
    "flags:\n- key: a b\n  name: F\n",
    'flags.0.key: invalid value "a b" (out of bound =~"^[-_,A-Za-z0-9]+$") (features.yml 2)',
  ],
];
for (const [text, told] of refusals) {
  parse(`refusal :: ${told.slice(0, 60)}`, () => {
    const [first] = parseStream(text).complaints;
    assert.is(first && describe(first), told);
  });
}

parse("refusal :: documents of the right shape are still read", () => {
  const { documents, complaints } = parseStream("flags: []\n---\nflags: x\n---\nnamespace: b\n");
  assert.equal(documents, [{ flags: [] }, { namespace: "b" }]);
  assert.equal(
    complaints.map(({ document, path, line }) => [document, path, line]),
    [[1, "flags", 3]],
  );
});

parse("reference :: waits until every document has the right shape", () => {
  const unknown = "flags: [{key: f, name: F, rules: [{segment: s}]}]\n";
  assert.equal(
    parseStream(unknown).complaints.map(({ kind }) => kind),
    ["reference"],
  );
  assert.equal(
    parseStream(`${unknown}---\nflags: x\n`).complaints.map(({ kind }) => kind),
    ["schema"],
  );
});

parse("reference :: a segment must not come in a later document", () => {
  const flags = "flags: [{key: f, name: F, rules: [{segment: s}]}]\n";
  const segments = "segments: [{key: s, name: S, match_type: ALL_MATCH_TYPE}]\n";
  assert.equal(parseStream(`${segments}---\n${flags}`).complaints, []);
  assert.is(parseStream(`${flags}---\n${segments}`).complaints.length, 1);
});

const empty = ["", "# nothing\n", "---\n", "---\n---\n", "\ufeff", " \n\n"];
for (const text of empty) {
  parse(`empty :: ${JSON.stringify(text)} is valid and has no documents`, () =>
    assert.equal(parseStream(text), { documents: [], complaints: [] }),
  );
}

const text = "flags: [{key: f, name: Ä}]\n";
const encodings: [string, Uint8Array, number][] = [
  ["UTF-8", Buffer.from(text), 0],
  ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`), 0],
  ["UTF-16 with a byte order mark", Buffer.from(`\ufeff${text}`, "utf16le"), 0],
  ["Latin-1", Buffer.from(text, "latin1"), 1],
];
for (const [name, bytes, complaints] of encodings) {
  parse(`bytes :: ${name} ${complaints ? "is refused" : "is read"}`, () => {
    const parsed = parseStream(bytes);
    assert.is(parsed.complaints.length, complaints);
    if (!complaints) assert.is(parsed.documents[0]?.flags?.[0]?.name, "Ä");
  });
}

parse.run();
