import { until } from "../until.ts";

/** What one part has used, at one moment. */
export interface Usage {
  part: string;
  /** Bytes of memory now. */
  memory: number;
  /** Seconds of processor time since its start. */
  cpu: number;
  /** When that was measured, in milliseconds since 1970. */
  at: number;
}

/** Where the usage of a lab's parts is measured. */
export interface UsageSource {
  /** What each part has used, as it was last measured. */
  usage(): Promise<Usage[]>;
  /** The interval between two measurements, in milliseconds. */
  usageEveryMs: number;
}

/** What a part took over some time. */
export interface Consumption {
  part: string;
  /** The smallest and the largest that were seen, in bytes. */
  memory: { low: number; peak: number };
  /** Seconds of processor time a second; undefined for a part that was seen once only. */
  cores: number | undefined;
}

type Looks = Map<string, Usage[]>;

function take(looks: Looks, seen: Usage[]): void {
  for (const usage of seen) {
    const known = looks.get(usage.part) ?? [];
    looks.set(usage.part, known);
    if (known.at(-1)?.at !== usage.at) known.push(usage);
  }
}

/** The processor time between two looks, for each second; a part that was started anew in between begins again at zero. */
export function cores(first: Usage | undefined, last: Usage | undefined): number | undefined {
  if (!first || !last || last.at <= first.at) return undefined;
  return (1000 * Math.max(0, last.cpu - first.cpu)) / (last.at - first.at);
}

export const consume = (looks: Looks): Consumption[] =>
  [...looks].map(([part, seen]) => {
    const memories = seen.map(({ memory }) => memory);
    return {
      part,
      memory: { low: Math.min(...memories), peak: Math.max(...memories) },
      cores: cores(seen[0], seen.at(-1)),
    };
  });

/** Looks at all parts until a work is done. */
export async function watch<T>(
  { usage, usageEveryMs }: UsageSource,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ result: T; consumed: Consumption[] }> {
  const looks: Looks = new Map();
  const state = { done: false };
  const running = work().finally(() => {
    state.done = true;
  });
  const looking = until<void>("the end", { seconds: 86_400, everyMs: usageEveryMs, signal }, async () => {
    take(looks, await usage());
    return state.done ? { value: undefined } : { seen: "it goes on" };
  });
  const [result] = await Promise.all([running, looking]);
  return { result, consumed: consume(looks) };
}

/**
 * What each part has used until now at least: waits until all were measured after the call.
 *
 * @throws {Error} when one is not measured any more
 */
export function lookNow({ usage, usageEveryMs }: UsageSource, signal: AbortSignal): Promise<Map<string, Usage>> {
  const called = Date.now();
  return until<Map<string, Usage>>(
    "a new measurement of each part",
    { seconds: 60, everyMs: usageEveryMs, signal },
    async () => {
      const seen = await usage();
      const old = seen.find(({ at }) => at < called);
      return old
        ? { seen: `"${old.part}" was measured ${called - old.at} ms before` }
        : { value: new Map(seen.map((each) => [each.part, each])) };
    },
  );
}
