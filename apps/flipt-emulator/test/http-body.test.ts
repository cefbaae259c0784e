import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../src/fault.ts";
import { decode } from "../src/http/body.ts";
import type { Message } from "../src/http/message.ts";

const body = suite("body");

const message: Message = {
  flagKey: "string",
  enabled: "bool",
  rank: "int32",
  rollout: "float",
  metadata: "struct",
  context: "strings",
  type: { enum: ["ZERO", "ONE"], name: "flipt.Kind" },
  requests: { list: { message: { flagKey: "string" } } },
  keys: { list: "string" },
};

const read: [text: string, fields: Record<string, unknown>][] = [
  ["", {}],
  [" \n", {}],
  ["null", {}],
  ['{"flagKey":"a"}', { flagKey: "a" }],
  ['{"flag_key":"a"}', { flagKey: "a" }],
  ['{"flagKey":"a","flagKey":"b"}', { flagKey: "b" }],
  ['{"flagKey":null,"surprise":{}}', {}],
  ['{"flagKey":"camel","flag_key":"snake"}', { flagKey: "camel" }],
  ['{"flagKey":"a"} trailing', { flagKey: "a" }],
  ['{"flagKey":"}\\"{"}{"flagKey":"b"}', { flagKey: '}"{' }],
  ['{"flagKey":"\\ud83d"}', { flagKey: "\ufffd" }],
  ['{"rank":"7","rollout":"33.333333"}', { rank: 7, rollout: 33.333332 }],
  ['{"type":1}', { type: "ONE" }],
  ['{"type":"ZERO"}', { type: "ZERO" }],
  ['{"type":7}', { type: 7 }],
  ['{"context":{"a":null,"b":"c"}}', { context: { a: "", b: "c" } }],
  ['{"requests":[null,{"flag_key":"x"}],"keys":["a",null]}', { requests: [{}, { flagKey: "x" }], keys: ["a", ""] }],
  ['{"metadata":{"deep":{"er":[1,null]}}}', { metadata: { deep: { er: [1, null] } } }],
];
for (const [text, fields] of read) body(`decode :: ${text}`, () => assert.equal(decode(message, text), fields));

const mismatch = "invalid values for key(s) in json body";
const noStruct = (kind: string): string =>
  `bad StructValue: json: cannot unmarshal ${kind} into Go value of type map[string]json.RawMessage`;
const refused: [text: string, reason: string][] = [
  ["{", "unexpected EOF"],
  ["[]", mismatch],
  ['"x"', mismatch],
  ['{"flagKey":5}', mismatch],
  ['{"enabled":"true"}', mismatch],
  ['{"rank":1.5}', mismatch],
  ['{"rank":2147483648}', mismatch],
  ['{"rank":"x"}', "invalid character 'x' looking for beginning of value"],
  ['{"context":{"n":1}}', mismatch],
  ['{"context":[]}', mismatch],
  ['{"requests":{}}', mismatch],
  ['{"requests":[1]}', mismatch],
  ['{"metadata":[]}', noStruct("array")],
  ['{"metadata":"x"}', noStruct("string")],
  ['{"metadata":1}', noStruct("number")],
  ['{"metadata":true}', noStruct("bool")],
  ['{"type":"X"}', 'unknown value "\\"X\\"" for enum flipt.Kind'],
  ["{'key':'q'}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['{"a":[1 2]}', "invalid character '2' after array element"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\\u00g0"}', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{"a":"\n"}', "invalid character '\\n' in string literal"],
  ['\ufeff{"a":1}', "invalid character 'ï' looking for beginning of value"],
];
for (const [text, reason] of refused) {
  body(`refuse :: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => decode(message, text),
      (error: Error) => error instanceof Fault && error.code === 3 && error.message === reason,
    );
  });
}

body.run();
