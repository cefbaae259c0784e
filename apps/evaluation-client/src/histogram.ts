/** Upper bounds of the buckets in milliseconds: ten in each decade, from 0.1 ms to 10 s, and one more for the rest. */
export const boundsMs: readonly number[] = Array.from({ length: 51 }, (_, index) =>
  Number((10 ** (index / 10 - 1)).toPrecision(4)),
);

/** Factor between two bounds. */
const growth = 10 ** 0.1;

/** Counts of latencies on a scale of logarithms: whatever is measured, it needs the same few bytes. */
export class Histogram {
  readonly buckets: number[] = new Array(boundsMs.length + 1).fill(0);
  count = 0;
  maxMs = 0;

  add(ms: number): void {
    const index = boundsMs.findIndex((bound) => ms <= bound);
    const place = index < 0 ? boundsMs.length : index;
    this.buckets[place] = (this.buckets[place] ?? 0) + 1;
    this.count += 1;
    this.maxMs = Math.max(this.maxMs, ms);
  }

  /**
   * The latency in milliseconds below which a share of all lies, to a tenth of a decade: interpolated within its bucket, and
   * never above the largest one seen. Null when nothing was counted.
   *
   * @param share from 0 to 1
   */
  quantileMs(share: number): number | null {
    if (this.count === 0) return null;
    const rank = share * this.count;
    let below = 0;
    for (const [index, count] of this.buckets.entries()) {
      if (count > 0 && below + count >= rank) {
        const lower = index === 0 ? (boundsMs[0] ?? 0) / growth : (boundsMs[index - 1] ?? 0);
        return Math.min(this.maxMs, lower * growth ** ((rank - below) / count));
      }
      below += count;
    }
    return this.maxMs;
  }
}
