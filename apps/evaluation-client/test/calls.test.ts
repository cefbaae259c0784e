import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Call, callLimit, remember } from "../src/calls.ts";
import type { Evaluation } from "../src/evaluation.ts";

const test = suite("remember");

const call = (entityId: string, value = true, latencyMs = 1): Evaluation => ({
  at: new Date().toISOString(),
  question: { backend: "sidecar", namespaceKey: "default", flagKey: "f", entityId, context: {} },
  answers: {
    sidecar: { type: "boolean", value, match: false, reason: "", segmentKeys: [], attachment: null, latencyMs },
  },
});
const all = (evaluations: Evaluation[]) => evaluations.reduce<Call[]>(remember, []);
const brief = (calls: Call[]) => calls.map(({ question, times }) => `${question.entityId}×${times}`);

test("order :: the newest is first", () => {
  assert.equal(brief(all([call("a"), call("b")])), ["b×1", "a×1"]);
});

test("size :: no more than the limit, the oldest goes", () => {
  const calls = all(Array.from({ length: callLimit + 10 }, (_, index) => call(`${index}`)));
  assert.is(calls.length, callLimit);
  assert.is(calls.at(-1)?.question.entityId, "10");
});

test("repetition :: the same answer counts up and shows the newest latency", () => {
  const calls = all([call("a", true, 1), call("a", true, 2), call("a", true, 3)]);
  assert.equal(brief(calls), ["a×3"]);
  assert.is(calls[0]?.answers.sidecar?.latencyMs, 3);
});

test("repetition :: another answer is another call", () => {
  assert.equal(brief(all([call("a", true), call("a", false), call("a", false)])), ["a×2", "a×1"]);
});

test("input :: stays as it was", () => {
  const before = all([call("a")]);
  remember(before, call("a"));
  assert.equal(brief(before), ["a×1"]);
});

test.run();
