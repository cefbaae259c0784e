import { suite } from "uvu";
import * as assert from "uvu/assert";
import { boundsMs, Histogram } from "../src/histogram.ts";

const test = suite("histogram");

function of(...values: number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

test("bounds :: ten a decade, each decade on a bound", () => {
  assert.equal([boundsMs[0], boundsMs[10], boundsMs[20], boundsMs[50]], [0.1, 1, 10, 10_000]);
  assert.is(boundsMs[11], 1.259);
});

for (const [ms, index] of [
  [0, 0],
  [0.1, 0],
  [0.11, 1],
  [1, 10],
  [1.01, 11],
  [10_000, 50],
  [60_000, 51],
] as const) {
  test(`bucket :: ${ms} ms`, () => assert.is(of(ms).buckets.indexOf(1), index));
}

test("quantile :: nothing counted is null, one is itself at most", () => {
  assert.is(of().quantileMs(0.5), null);
  assert.is(of(1.1).quantileMs(0.99), 1.1);
});

test("quantile :: within a tenth of a decade of the exact one", () => {
  const values = Array.from({ length: 1000 }, (_, index) => 0.2 * 1.006 ** index);
  const histogram = of(...values);
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = values[Math.ceil(share * 1000) - 1] ?? 0;
    const ratio = (histogram.quantileMs(share) ?? 0) / exact;
    assert.ok(ratio > 0.79 && ratio < 1.26, `${share}: ${ratio}`);
  }
});

test("quantile :: half are fast, a few are slow", () => {
  const histogram = of(...Array(98).fill(0.5), 300, 400);
  assert.ok((histogram.quantileMs(0.5) ?? 0) < 0.6);
  assert.ok((histogram.quantileMs(0.99) ?? 0) > 250);
  assert.is(histogram.quantileMs(1), 400);
});

test.run();
