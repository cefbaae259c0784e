import { type Answer, agree, isTold } from "./answer.ts";
import type { BackendName } from "./question.ts";

/** What was seen of both backends at one moment. */
export interface Observation {
  /** RFC 3339. */
  at: string;
  answers: Partial<Record<BackendName, Answer>>;
  /** The ETag of each backend's snapshot; null where none was told. */
  revisions: Partial<Record<BackendName, string | null>>;
}

/** A change on its way from the master to the sidecar, as far as both can be asked. Moments are RFC 3339. */
export interface Change {
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

/** The change, and the last of each thing that could be seen. */
export interface Watched {
  change: Change | null;
  last: Observation;
}

export const unwatched: Watched = { change: null, last: { at: "", answers: {}, revisions: {} } };

/** What is known after one more observation. A backend that cannot be asked changes nothing: its last answer stays. */
export function observe({ change, last }: Watched, observation: Observation): Watched {
  const began = begin(change, last, observation);
  const known: Observation = { at: observation.at, answers: { ...last.answers }, revisions: { ...last.revisions } };
  for (const name of ["master", "sidecar"] as const) {
    if (isTold(observation.answers[name])) known.answers[name] = observation.answers[name];
    if (observation.revisions[name]) known.revisions[name] = observation.revisions[name];
  }
  return { change: began && proceed(began, last, observation), last: known };
}

/** The change that a change on the master begins, or the one that was. */
function begin(change: Change | null, last: Observation, { at, answers, revisions }: Observation): Change | null {
  const { master, sidecar } = answers;
  const from = last.answers.master;
  if (isTold(master) && !from) {
    const apart = sidecar !== undefined && agree(master, sidecar) === false;
    return apart ? { kind: "answer", changedAt: null, from: sidecar, to: master } : change;
  }
  if (isTold(master) && from && agree(from, master) === false) {
    // The sidecar may already answer the same: it follows within one observation, or the master has gone back to what it was.
    const followed = moved(last.answers.sidecar, sidecar);
    const kind = sidecar && agree(master, sidecar) === true && !followed ? "revision" : "answer";
    // The ETag is read after the answer, so that it may have moved one observation earlier.
    const early = change?.kind === "revision" && change.changedAt === last.at;
    return { kind, changedAt: early ? change.changedAt : at, from, to: master };
  }
  const wrote = moved(last.revisions.master, revisions.master);
  const open = change !== null && change.arrivedAt === undefined;
  return wrote && !open ? { kind: "revision", changedAt: at } : change;
}

/** The change with what the sidecar shows of it. */
function proceed(change: Change, last: Observation, { at, answers, revisions }: Observation): Change {
  if (change.arrivedAt !== undefined) return change;
  const { sidecar } = answers;
  const loaded = moved(last.revisions.sidecar, revisions.sidecar);
  const same = sidecar !== undefined && change.to !== undefined && agree(change.to, sidecar) === true;
  const arrived = change.kind === "answer" ? same : loaded;
  return { ...change, ...(loaded ? { revisionAt: at } : {}), ...(arrived ? { arrivedAt: at } : {}) };
}

/** Whether both are known and differ. */
function moved<T extends string | Answer>(before: T | null | undefined, now: T | null | undefined): boolean {
  if (!before || !now) return false;
  return typeof before === "string" || typeof now === "string" ? before !== now : agree(before, now) === false;
}
