import type { Json } from "flipt-document";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatAttachment } from "../src/sidecar/attachment.ts";

const attachment = suite("attachment");

const rows: [value: Json | undefined, text: string][] = [
  [undefined, "null"],
  [null, "null"],
  [{ b: 1, a: [1, "two", { three: 3 }] }, '{"a":[1,"two",{"three":3}],"b":1}'],
  [{ ä: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"ä":1}'],
  [{ html: "</script>&\u2028\u2029" }, '{"html":"\\u003c/script\\u003e\\u0026\\u2028\\u2029"}'],
  [
    { big: 12345678901234567890n, tiny: 0.000001, less: 1e-7, huge: 1e21 },
    '{"big":12345678901234567890,"huge":1e+21,"less":1e-7,"tiny":0.000001}',
  ],
  [{}, "{}"],
  [[], "[]"],
];
for (const [value, text] of rows) attachment(`format :: ${text}`, () => assert.is(formatAttachment(value), text));

attachment.run();
