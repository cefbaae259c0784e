import { setTimeout as pause } from "node:timers/promises";
import { type Change, type Observation, observe, unwatched, type Watched } from "./change.ts";
import { type Backends, type Evaluation, evaluate } from "./evaluation.ts";
import { Failure } from "./failure.ts";
import { namesOf, type Question } from "./question.ts";
import { type NextRun, nextRun, nextStart, type Schedule } from "./schedule.ts";

/** Milliseconds from one observation to the next. */
const everyMs = 1000;

/** What one event of a stream carries. */
export interface Seen extends Pick<Observation, "revisions"> {
  evaluation: Evaluation;
  /** The latest change that was seen; null for none. `exportDueAt` is the exporter's first start after it. */
  change: (Change & { exportDueAt?: string }) | null;
  exporter: NextRun;
}

/** What a stream needs. */
export interface Watching {
  backends: Backends;
  schedule: Schedule;
  question: Question;
  /** Ends the stream. */
  signal: AbortSignal;
  /** Is told each evaluation. */
  tell(evaluation: Evaluation): void;
}

/** Asks one question again and again, and yields each observation as a server-sent event `observation`, until it is ended. */
export async function* observations({ backends, schedule, question, signal, tell }: Watching): AsyncGenerator<string> {
  let watched: Watched = unwatched;
  while (!signal.aborted) {
    const begin = performance.now();
    const evaluation = await evaluate(backends, question);
    tell(evaluation);
    // after the answers: a revision that is still the old one cannot belong to a new answer
    const revisions = await revisionsOf(backends, question, watched.last);
    watched = observe(watched, { at: evaluation.at, answers: evaluation.answers, revisions });
    const exporter = nextRun(schedule, Date.now());
    const seen: Seen = { evaluation, revisions, change: dated(watched.change, schedule), exporter };
    yield `event: observation\ndata: ${JSON.stringify(seen)}\n\n`;
    await pause(Math.max(100, everyMs - (performance.now() - begin)), undefined, { signal }).catch(ended);
  }
}

function ended(error: Error): void {
  if (error.name !== "AbortError") throw error;
}

async function revisionsOf(
  backends: Backends,
  question: Question,
  last: Observation,
): Promise<Observation["revisions"]> {
  const told = namesOf(question).map(async (name) => {
    const revision = backends[name]?.revision(question.namespaceKey, last.revisions[name]).catch(untold);
    return [name, (await revision) ?? null];
  });
  return Object.fromEntries(await Promise.all(told));
}

function untold(error: unknown): null {
  if (error instanceof Failure) return null;
  throw error;
}

function dated(change: Change | null, schedule: Schedule): Seen["change"] {
  if (!change?.changedAt) return change;
  return { ...change, exportDueAt: new Date(nextStart(schedule, Date.parse(change.changedAt))).toISOString() };
}
