import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bounds, thresholdBucket, variantBucket } from "../src/evaluation/bucket.ts";
import { float32 } from "../src/float32.ts";
import type { Rule } from "../src/model.ts";

const bucket = suite("bucket");

bucket("order :: a variant's bucket hashes the flag first, a threshold's the entity", () => {
  assert.is(variantBucket("a", "b"), variantBucket("ab", ""));
  assert.is(thresholdBucket("a", "b"), thresholdBucket("", "ba"));
  assert.is.not(variantBucket("a", "b"), variantBucket("b", "a"));
});

bucket("range :: 1000 buckets for variants, 100 for thresholds", () => {
  const entities = Array.from({ length: 5000 }, (_, index) => `u${index}`);
  assert.is(new Set(entities.map((entity) => variantBucket("f", entity))).size > 950, true);
  assert.is(Math.max(...entities.map((entity) => thresholdBucket("f", entity))), 99);
});

const ends = (...rollouts: number[]): number[] => {
  const rest = { ruleId: "", createdAt: "", updatedAt: "" };
  const distributions = rollouts.map((rollout, index) => ({ ...rest, id: `${index}`, variantId: "", rollout }));
  const rule: Rule = {
    ...{ id: "", flagKey: "", segmentKey: "s", segmentKeys: [], segmentOperator: "OR_SEGMENT_OPERATOR", rank: 1 },
    ...{ createdAt: "", updatedAt: "", namespaceKey: "", distributions },
  };
  return bounds(rule).map(({ end }) => end);
};

bucket("bounds :: two halves", () => assert.equal(ends(50, 50), [500, 1000]));
bucket("bounds :: thirds leave the last bucket to nobody", () =>
  assert.equal(ends(33.33, 33.33, 33.34), [333, 666, 999]),
);
bucket("bounds :: a share of nothing is dropped", () => assert.equal(ends(0, 60), [600]));
bucket("bounds :: less than a tenth of a percent is no bucket", () => assert.equal(ends(0.05, 14.29), [0, 142]));

for (const [value, short] of [
  [33.333333, 33.333332],
  [0.1, 0.1],
  [100, 100],
  [14.29, 14.29],
] as const) {
  bucket(`float32 :: ${value}`, () => assert.is(float32(value), short));
}

bucket.run();
