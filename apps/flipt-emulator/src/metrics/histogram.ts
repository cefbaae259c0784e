import type { Sample } from "./exposition.ts";

/** Observations, counted by upper bounds. */
export interface Histogram {
  observe(value: number): void;
  samples(labels: Sample["labels"]): Sample[];
}

/** @param bounds ascending; what is above the last one counts in `+Inf` only */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    observe(value) {
      let index = 0;
      while (index < bounds.length && value > (bounds[index] as number)) index += 1;
      counts[index] = (counts[index] as number) + 1;
      sum += value;
    },
    samples(labels) {
      let count = 0;
      const buckets = [...counts].map((own, index): Sample => {
        count += own;
        return { suffix: "_bucket", labels: { le: `${bounds[index] ?? "+Inf"}`, ...labels }, value: count };
      });
      return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: count }];
    },
  };
}
