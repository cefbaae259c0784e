import { setTimeout as pause } from "node:timers/promises";
import { type Backends, type Evaluation, evaluate } from "./evaluation.ts";
import { Failure } from "./failure.ts";
import { type Journey, observe, type Sight, unwatched, type Watched } from "./journey.ts";
import { namesOf, type Question } from "./question.ts";
import { type NextRun, nextRun, nextStart, type Schedule } from "./schedule.ts";

/** Milliseconds from one sight to the next. */
const everyMs = 1000;

/** What one event of a stream carries. */
export interface Seen extends Pick<Sight, "revisions"> {
  evaluation: Evaluation;
  /** The latest change that was seen; null for none. `exportDueAt` is the exporter's first start after it. */
  journey: (Journey & { exportDueAt?: string }) | null;
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

/** Asks one question again and again, and yields each sight as a server-sent event `sight`, until it is ended. */
export async function* sights({ backends, schedule, question, signal, tell }: Watching): AsyncGenerator<string> {
  let watched: Watched = unwatched;
  while (!signal.aborted) {
    const begin = performance.now();
    const evaluation = await evaluate(backends, question);
    tell(evaluation);
    // after the answers: a revision that is still the old one cannot belong to a new answer
    const revisions = await revisionsOf(backends, question, watched.last);
    watched = observe(watched, { at: evaluation.at, answers: evaluation.answers, revisions });
    const exporter = nextRun(schedule, Date.now());
    const seen: Seen = { evaluation, revisions, journey: dated(watched.journey, schedule), exporter };
    yield `event: sight\ndata: ${JSON.stringify(seen)}\n\n`;
    await pause(Math.max(100, everyMs - (performance.now() - begin)), undefined, { signal }).catch(ended);
  }
}

function ended(error: Error): void {
  if (error.name !== "AbortError") throw error;
}

async function revisionsOf(backends: Backends, question: Question, last: Sight): Promise<Sight["revisions"]> {
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

function dated(journey: Journey | null, schedule: Schedule): Seen["journey"] {
  if (!journey?.changedAt) return journey;
  return { ...journey, exportDueAt: new Date(nextStart(schedule, Date.parse(journey.changedAt))).toISOString() };
}
