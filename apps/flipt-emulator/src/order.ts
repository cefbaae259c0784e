/** Compares by the bytes of UTF-8, as Go sorts keys. */
export const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
