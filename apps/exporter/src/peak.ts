const HOUR = 3600;

/** Flags by namespace, in the order of the namespaces' keys. */
export type Counts = ReadonlyMap<string, number>;

/** The most flags of each namespace that were published lately. It travels with a publication. */
export interface Peak {
  /** When something was last replaced by less, in seconds since 1970. */
  at: number;
  /** Of the published namespaces in the order of their keys. */
  flags: number[];
}

/**
 * The most that was published of each namespace in the last hour, at least what is published now: what shrinks in small
 * steps is measured against it.
 *
 * @param now in seconds since 1970; a peak from the future, from before the clock was set back, counts for nothing
 */
export function mostOf(published: Counts, peak: Peak | undefined, now: number): Counts {
  const isValid = peak && Math.abs(now - peak.at) < HOUR && peak.flags.length === published.size;
  return new Map([...published].map(([key, count], n) => [key, Math.max(count, (isValid && peak.flags[n]) || 0)]));
}

/** The peak that travels with the next publication; undefined where nothing was more than it. */
export function nextPeak(next: Counts, published: Counts, peak: Peak | undefined, now: number): Peak | undefined {
  const most = mostOf(published, peak, now);
  const flags = [...next].map(([key, count]) => Math.max(count, most.get(key) ?? 0));
  if ([...next.values()].every((count, n) => count === flags[n])) return undefined;
  const shrinks = [...next].some(([key, count]) => count < (published.get(key) ?? 0));
  return { at: shrinks || !peak ? now : peak.at, flags };
}
