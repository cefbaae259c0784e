import type { PublishedFacts } from "./facts.ts";

/** The checks that a run passes, in their order; the first that refuses ends it. */
export type Gate =
  | "bounded"
  | "whole"
  | "not empty"
  | "valid"
  | "equal"
  | "not shrunk"
  | "not grown"
  | "alone"
  | "atomic"
  | "read back";

/** 1 refused by a gate, 2 bad configuration or rights, 3 master or store unreachable. */
export type Failure = 1 | 2 | 3;

/** Ends a run: the one line for people, and what programs look at. */
export class Stop extends Error {
  readonly exit: Failure;
  readonly gate: Gate | undefined;
  /** What the stages before have found. */
  readonly facts: Partial<PublishedFacts>;

  constructor(exit: Failure, message: string, gate?: Gate, cause?: unknown, facts: Partial<PublishedFacts> = {}) {
    super(message, { cause });
    this.exit = exit;
    this.gate = gate;
    this.facts = facts;
  }
}

/** A gate's refusal. */
export const refuse = (gate: Gate, message: string): Stop => new Stop(1, message, gate);
/** Bad configuration or rights. */
export const misconfigured = (message: string, cause?: unknown): Stop => new Stop(2, message, undefined, cause);
/** Master or store gives no usable answer. */
export const unreachable = (message: string, cause?: unknown): Stop => new Stop(3, message, undefined, cause);

/** Runs a stage; the facts that are known before it are told by whatever ends the run in it. */
export async function knowing<Result>(facts: Partial<PublishedFacts>, stage: () => Promise<Result>): Promise<Result> {
  try {
    return await stage();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    throw new Stop(error.exit, error.message, error.gate, error.cause, { ...facts, ...error.facts });
  }
}
