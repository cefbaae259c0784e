import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseFloat64 } from "../src/evaluation/number.ts";

const number = suite("number");

const read: [text: string, value: number][] = [
  ["1e2", 100],
  [".5", 0.5],
  ["5.", 5],
  ["+10", 10],
  ["-0.25", -0.25],
  ["1_0", 10],
  ["0x1p3", 8],
  ["0x_1p4", 16],
  ["0x.8p1", 1],
  ["-0x1.8p1", -3],
  ["0x0p99999", 0],
  ["1e-400", 0],
  ["Inf", Infinity],
  ["-infinity", -Infinity],
  ["NaN", Number.NaN],
];
for (const [text, value] of read) number(`read :: ${text}`, () => assert.ok(Object.is(parseFloat64(text), value)));

const refused = [
  "",
  " 10",
  "10 ",
  "ten",
  "0x0A",
  "0x1p",
  "0xp1",
  "1__0",
  "_1",
  "1_",
  "1_.5",
  "1e400",
  "0x1p5000",
  "0b1",
  ".",
  "1e",
  "+-1",
];
for (const text of refused) number(`refuse :: "${text}"`, () => assert.is(parseFloat64(text), undefined));

number.run();
