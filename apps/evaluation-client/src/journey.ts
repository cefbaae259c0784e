import { type Answer, agree, isTold } from "./answer.ts";
import type { BackendName } from "./question.ts";

/** What was seen of both backends at one moment. */
export interface Sight {
  /** RFC 3339. */
  at: string;
  answers: Partial<Record<BackendName, Answer>>;
  /** The ETag of each backend's snapshot; null where none was told. */
  revisions: Partial<Record<BackendName, string | null>>;
}

/** A change on its way from the master to the sidecar, as far as both can be asked. Moments are RFC 3339. */
export interface Journey {
  /** Whether it is to be seen in this question's answer, or only in the master's ETag: something else has changed. */
  kind: "answer" | "revision";
  /** When the master was first seen with it; null when it was under way before anybody looked. */
  changedAt: string | null;
  from?: Answer;
  to?: Answer;
  /** The latest moment at which the sidecar was seen with another revision. */
  revisionAt?: string;
  /** When the sidecar was first seen to answer like the master; for `revision`, with another revision. */
  arrivedAt?: string;
}

/** The journey, and the last of each thing that could be seen. */
export interface Watched {
  journey: Journey | null;
  last: Sight;
}

export const unwatched: Watched = { journey: null, last: { at: "", answers: {}, revisions: {} } };

/** What is known after one more sight. A backend that cannot be asked changes nothing: its last answer stays. */
export function observe({ journey, last }: Watched, sight: Sight): Watched {
  const began = begin(journey, last, sight);
  const known: Sight = { at: sight.at, answers: { ...last.answers }, revisions: { ...last.revisions } };
  for (const name of ["master", "sidecar"] as const) {
    if (isTold(sight.answers[name])) known.answers[name] = sight.answers[name];
    if (sight.revisions[name]) known.revisions[name] = sight.revisions[name];
  }
  return { journey: began && proceed(began, last, sight), last: known };
}

/** The journey that a change on the master begins, or the one that was. */
function begin(journey: Journey | null, last: Sight, { at, answers, revisions }: Sight): Journey | null {
  const { master, sidecar } = answers;
  const from = last.answers.master;
  if (isTold(master) && !from) {
    const apart = sidecar !== undefined && agree(master, sidecar) === false;
    return apart ? { kind: "answer", changedAt: null, from: sidecar, to: master } : journey;
  }
  if (isTold(master) && from && agree(from, master) === false) {
    // The sidecar may already answer the same: it follows within one sight, or the master has gone back to what it was.
    const followed = moved(last.answers.sidecar, sidecar);
    const kind = sidecar && agree(master, sidecar) === true && !followed ? "revision" : "answer";
    // The ETag is read after the answer, so that it may have moved one sight earlier.
    const early = journey?.kind === "revision" && journey.changedAt === last.at;
    return { kind, changedAt: early ? journey.changedAt : at, from, to: master };
  }
  const wrote = moved(last.revisions.master, revisions.master);
  const open = journey !== null && journey.arrivedAt === undefined;
  return wrote && !open ? { kind: "revision", changedAt: at } : journey;
}

/** The journey with what the sidecar shows of it. */
function proceed(journey: Journey, last: Sight, { at, answers, revisions }: Sight): Journey {
  if (journey.arrivedAt !== undefined) return journey;
  const { sidecar } = answers;
  const loaded = moved(last.revisions.sidecar, revisions.sidecar);
  const same = sidecar !== undefined && journey.to !== undefined && agree(journey.to, sidecar) === true;
  const arrived = journey.kind === "answer" ? same : loaded;
  return { ...journey, ...(loaded ? { revisionAt: at } : {}), ...(arrived ? { arrivedAt: at } : {}) };
}

/** Whether both are known and differ. */
function moved<T extends string | Answer>(before: T | null | undefined, now: T | null | undefined): boolean {
  if (!before || !now) return false;
  return typeof before === "string" || typeof now === "string" ? before !== now : agree(before, now) === false;
}
