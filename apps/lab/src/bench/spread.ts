/** Some numbers in short: the middle one, and the outermost. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** @throws {Error} for no numbers */
export function spread(numbers: number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low] = sorted;
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) throw new Error("there are no numbers to sum up");
  const middle = (sorted.length - 1) / 2;
  const [left = low, right = high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (left + right) / 2, low, high };
}
