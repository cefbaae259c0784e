import type { PublishedFacts } from "./facts.ts";
import type { Gate, Stop } from "./stop.ts";

interface Published extends PublishedFacts {
  outcome: "published";
  exit: 0;
  /** False when the store ignores conditions. */
  conditional: boolean;
  gate?: undefined;
}

interface Unchanged extends PublishedFacts {
  outcome: "unchanged";
  exit: 0;
  conditional?: undefined;
  gate?: undefined;
}

interface Refused extends Partial<PublishedFacts> {
  outcome: "refused";
  exit: 1;
  gate: Gate;
  conditional?: undefined;
}

interface Failed extends Partial<PublishedFacts> {
  outcome: "failed";
  /** 2 configuration or rights, 3 master or store unreachable. */
  exit: 2 | 3;
  conditional?: undefined;
  gate?: undefined;
}

/** How a run ends, with the facts that it has found by then. */
export type Ending = (Published | Unchanged | Refused | Failed) & {
  /** One line: what, on which thing, what was seen, what to do. */
  message: string;
};

/** A run's ending and what it cost. */
export type Outcome = Ending & {
  sink: string;
  /** To the master. */
  requests: number;
  durationMs: number;
};

/** The ending of a run that a gate refused or that failed. */
export function endingOf({ exit, gate, message, facts }: Stop): Ending {
  if (gate) return { outcome: "refused", exit: 1, gate, message, ...facts };
  return { outcome: "failed", exit: exit === 2 ? 2 : 3, message, ...facts };
}
