import { suite } from "uvu";
import * as assert from "uvu/assert";
import { variantResponse } from "../src/evaluation/response.ts";
import { evaluateVariant } from "../src/evaluation/variant.ts";
import { loadFiles } from "../src/sidecar/load.ts";

const test = suite("answer");

const result = { match: false, segmentKeys: [], reason: "UNKNOWN_EVALUATION_REASON", variant: undefined } as const;
const request = { requestId: "r", namespaceKey: "n", flagKey: "f", entityId: "e", context: {} };
const now = (): number => Date.parse(variantResponse(result, request, performance.now()).timestamp);

test("timestamp :: of now, at each answer", async () => {
  const first = now();
  assert.ok(Math.abs(first - Date.now()) < 1000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(now() - first >= 10);
});

const text = `
flags:
- {key: f, name: f, enabled: true, variants: [{key: v}], rules: [{segment: s, distributions: [{variant: v, rollout: 100}]}]}
segments:
- key: s
  name: S
  match_type: ALL_MATCH_TYPE
  constraints: [{type: STRING_COMPARISON_TYPE, property: constructor, operator: notempty}]
`;

test("context :: what every object has is no property of it", () => {
  const state = loadFiles([{ name: "features.yml", text, version: "1" }], "").get("default");
  const flag = state?.flags.get("f");
  assert.ok(state && flag);
  assert.is(evaluateVariant(flag, state, { entityId: "e", context: {} }).match, false);
  assert.is(evaluateVariant(flag, state, { entityId: "e", context: { constructor: "x" } }).match, true);
});

test.run();
