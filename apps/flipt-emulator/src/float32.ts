/** The number that prints as the shortest decimal of the nearest 32 bit float, as protobuf's JSON writes `float` fields. */
export function float32(value: number): number {
  const nearest = Math.fround(value);
  if (!Number.isFinite(nearest)) return value;
  for (let digits = 1; digits <= 9; digits += 1) {
    const short = Number(nearest.toPrecision(digits));
    if (Math.fround(short) === nearest) return short;
  }
  return nearest;
}
