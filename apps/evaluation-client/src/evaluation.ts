import { type Answer, agree } from "./answer.ts";
import type { Backend } from "./backend.ts";
import { Failure, statusOf } from "./failure.ts";
import { type BackendName, namesOf, type Question } from "./question.ts";

/** A question with everything that was answered to it. */
export interface Evaluation {
  /** When it was asked, RFC 3339. */
  at: string;
  question: Question;
  answers: Partial<Record<BackendName, Answer>>;
  /** With two backends: whether they say the same; null when one could not be asked. */
  agree?: boolean | null;
}

/** The Flipts that this program knows. */
export interface Backends {
  sidecar: Backend;
  master?: Backend;
}

/**
 * The backend of that name.
 *
 * @throws {Failure} `bad-request` when no master is configured
 */
export function pick(backends: Backends, name: BackendName): Backend {
  const backend = backends[name];
  if (backend) return backend;
  throw new Failure("bad-request", `no ${name} to ask: set FLIPT_MASTER_URL, or ask backend "sidecar"`);
}

/**
 * Asks every backend that the question names, at the same time: a slow one does not delay the other's measured latency.
 *
 * @throws {Failure} `bad-request` when no master is configured
 */
export async function evaluate(backends: Backends, question: Question): Promise<Evaluation> {
  const names = namesOf(question);
  const asked = names.map((name) => pick(backends, name));
  const at = new Date().toISOString();
  const given = await Promise.all(asked.map((backend) => backend.evaluate(question)));
  const answers = Object.fromEntries(names.map((name, index) => [name, given[index]]));
  const [one, other] = given;
  return { at, question, answers, ...(one && other ? { agree: agree(one, other) } : {}) };
}

/** 200 when anybody answered, else the status of the first failure: the sidecar's, if it was asked. */
export function statusOfEvaluation({ answers }: Evaluation): number {
  const given = Object.values(answers);
  const [first] = given;
  return given.every((answer) => "error" in answer) && first && "error" in first ? statusOf(first.error) : 200;
}
