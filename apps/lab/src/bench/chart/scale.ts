/** Puts values onto a line of a picture, and says at which to mark it. */
export interface Scale {
  at(value: number): number;
  ticks: number[];
}

/** The next of 1, 2, 5, 10, 20, … that is no smaller. */
function round(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((factor) => factor * decade >= value) ?? 10) * decade;
}

/** From zero to the largest value, marked at four or more round ones. */
export function linear(most: number, from: number, to: number): Scale {
  const step = round(most / 5);
  const end = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step);
  return { at: (value) => from + ((to - from) * value) / end, ticks };
}

/** From the decade below the smallest value to the one above the largest, marked at each decade. */
export function logarithmic(values: number[], from: number, to: number): Scale {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(Math.ceil(Math.log10(Math.max(...values))), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return { at: (value) => from + ((to - from) * (Math.log10(value) - first)) / (last - first), ticks };
}
