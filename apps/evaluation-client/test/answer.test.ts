import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Answer, agree, readValue, type Value } from "../src/answer.ts";
import { Failure, type FailureKind } from "../src/failure.ts";

const value: Value = {
  type: "variant",
  value: "green",
  match: true,
  reason: "MATCH_EVALUATION_REASON",
  segmentKeys: ["a", "b"],
  attachment: { a: 1, b: [2] },
};
const answer = (change: Partial<Value> = {}, latencyMs = 1): Answer => ({ ...value, ...change, latencyMs });
const failed = (kind: FailureKind): Answer => ({ error: new Failure(kind, "text"), latencyMs: 1 });

const compare = suite("agree");
const pairs: [string, Answer, Answer, boolean | null][] = [
  ["equal", answer(), answer(), true],
  ["another latency", answer({}, 1), answer({}, 900), true],
  ["segments in another order", answer(), answer({ segmentKeys: ["b", "a"] }), true],
  ["attachment in another order", answer(), answer({ attachment: { b: [2], a: 1 } }), true],
  ["another value", answer(), answer({ value: "red" }), false],
  ["another reason", answer(), answer({ reason: "DEFAULT_EVALUATION_REASON" }), false],
  ["another match", answer(), answer({ match: false }), false],
  ["another attachment", answer(), answer({ attachment: null }), false],
  ["the text true and the boolean", answer({ value: "true" }), answer({ value: true }), false],
  ["known to one only", answer(), failed("not-found"), false],
  ["known to nobody", failed("not-found"), failed("not-found"), true],
  ["one unreachable", answer(), failed("unreachable"), null],
  ["both too slow", failed("timeout"), failed("timeout"), null],
];
for (const [title, one, other, expected] of pairs) {
  compare(`answers :: ${title}`, () => {
    assert.is(agree(one, other), expected);
    assert.is(agree(other, one), expected);
  });
}
compare.run();

const read = suite("readValue");
const variant = (variantAttachment: string) =>
  readValue(
    {
      type: "VARIANT_EVALUATION_RESPONSE_TYPE",
      variantResponse: {
        match: true,
        segmentKeys: [],
        reason: "MATCH_EVALUATION_REASON",
        flagKey: "f",
        variantKey: "v",
        variantAttachment,
        requestDurationMillis: 1,
        timestamp: "",
      },
    },
    "sidecar",
    "default/f",
  );
for (const [text, expected] of [
  ["", null],
  ["null", null],
  ['{"a":1}', { a: 1 }],
  ["{cut", "{cut"],
] as const) {
  read(`attachment :: ${JSON.stringify(text)}`, () => assert.equal(variant(text).attachment, expected));
}
read.run();
