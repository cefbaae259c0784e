import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatJson, type Json, parseJson } from "../src/index.ts";

const json = suite("json");

const texts: [string, Json][] = [
  ['{"a":[1,2.5,true,null,"x"]}', { a: [1, 2.5, true, null, "x"] }],
  ['{"a":12345678901234567890}', { a: 12345678901234567890n }],
  ['{"a":-9223372036854775809}', { a: -(2 ** 63) }],
  ['{"a":"12345678901234567890"}', { a: "12345678901234567890" }],
  ['{"a":1234567890123456}', { a: 1234567890123456 }],
  ['{"a":0.1234567890123456789,"b":1e20}', { a: 0.12345678901234568, b: 1e20 }],
];
for (const [text, value] of texts) json(`parse :: ${text}`, () => assert.equal(parseJson(text), value));

for (const text of ["", "{", "{'a':1}", "a: 1", '{"a":12345678901234567890,}']) {
  json(`parse :: ${JSON.stringify(text)} is refused`, () =>
    assert.throws(
      () => parseJson(text),
      (error: unknown) => error instanceof SyntaxError,
    ),
  );
}

// Recorded from a sidecar of v1.61.1.
const served: [Json, string][] = [
  [{ b: 1, a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]},"b":1}'],
  [{ p: "</script> & \u2028" }, '{"p":"\\u003c/script\\u003e \\u0026 \\u2028"}'],
  [
    { u: 12345678901234567890n, nf: -0, g: 1e21, h: 1e-7, i: 1e20 },
    '{"g":1e+21,"h":1e-7,"i":100000000000000000000,"nf":-0,"u":12345678901234567890}',
  ],
  [null, "null"],
];
for (const [value, text] of served) json(`format :: ${text}`, () => assert.is(formatJson(value), text));

json.run();
