import { Failure } from "./failure.ts";
import { type Question, question } from "./question.ts";

/** Most questions a second to one backend. */
const maxPerSecond = 50;

/** What the background load is to ask. */
export interface Order {
  question: Question;
  /** Questions a second to each backend. */
  perSecond: number;
}

/**
 * Checks the body of `POST /api/load`: `{question, perSecond?}`.
 *
 * @throws {Failure} `bad-request` with the first thing that is wrong
 */
export function order(body: unknown): Order {
  const { question: asked, perSecond = 20, ...rest } = (body ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Failure("bad-request", `"${unknown}" is unknown (known: question, perSecond)`);
  if (!Number.isInteger(perSecond) || Number(perSecond) < 1 || Number(perSecond) > maxPerSecond)
    throw new Failure("bad-request", `"perSecond" is not a whole number from 1 to ${maxPerSecond}`);
  return { question: question(asked), perSecond: Number(perSecond) };
}
