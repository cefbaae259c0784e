/** The checks that a run passes, in their order; the first that refuses ends it. */
export type Gate = "bounded" | "whole" | "not empty" | "valid" | "not shrunk" | "alone" | "atomic" | "read back";

/** 1 refused by a gate, 2 bad configuration or rights, 3 master or store unreachable. */
export type Failure = 1 | 2 | 3;

/** Ends a run: the one line for people, and what programs look at. */
export class Stop extends Error {
  readonly exit: Failure;
  readonly gate: Gate | undefined;

  constructor(exit: Failure, message: string, gate?: Gate, cause?: unknown) {
    super(message, { cause });
    this.exit = exit;
    this.gate = gate;
  }
}

/** A gate's refusal. */
export const refuse = (gate: Gate, message: string): Stop => new Stop(1, message, gate);
/** Bad configuration or rights. */
export const misconfigured = (message: string, cause?: unknown): Stop => new Stop(2, message, undefined, cause);
/** Master or store gives no usable answer. */
export const unreachable = (message: string, cause?: unknown): Stop => new Stop(3, message, undefined, cause);
