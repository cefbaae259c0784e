import { setTimeout as pause } from "node:timers/promises";

/** What a probe saw: the value that was waited for, or a short text that says what is there instead. */
export type Seen<T> = { value: T } | { seen: string };

export interface Deadline {
  /** Seconds until the wait is given up. */
  seconds: number;
  /** Milliseconds between two probes; 100 when left out. */
  everyMs?: number;
  /** Ends the wait at once, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * The project's only wait: probes until a value is there.
 *
 * @param what what is waited for, as the subject of the sentence in the error
 * @throws {Error} `WHAT not there after Ns: LAST SEEN` at the deadline; whatever the probe throws, at once
 */
export async function until<T>(what: string, deadline: Deadline, probe: () => Promise<Seen<T>>): Promise<T> {
  const end = Date.now() + deadline.seconds * 1000;
  for (;;) {
    deadline.signal?.throwIfAborted();
    const result = await probe();
    if ("value" in result) return result.value;
    if (Date.now() >= end) throw new Error(`${what} not there after ${deadline.seconds}s: ${result.seen}`);
    await pause(deadline.everyMs ?? 100, undefined, { signal: deadline.signal });
  }
}
