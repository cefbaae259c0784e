/** Compares by the bytes of UTF-8, as Go compares strings. */
export function byBytes(left: string, right: string): number {
  if (left === right) return 0;
  if (surrogate.test(left) || surrogate.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
}
const surrogate = /[\ud800-\udfff]/;

/** A sorted copy by a key of the items; equal keys keep their order. */
export const sortedBy = <Item>(items: Item[], key: (item: Item) => string): Item[] =>
  [...items].sort((left, right) => byBytes(key(left), key(right)));
