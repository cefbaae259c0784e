import type { Part } from "./lab.ts";

/** Exit codes of `lab`: 1 a fact is false, 2 the environment is broken, 3 usage. */
export type ExitCode = 1 | 2 | 3;

/** A failure that is told in one line; with a part, the tail of its log follows. */
export class Fault extends Error {
  readonly exit: ExitCode;
  readonly part: Part | undefined;
  readonly tail: string;

  constructor(exit: ExitCode, message: string, about: { part?: Part; log?: string } = {}) {
    super(message);
    this.exit = exit;
    this.part = about.part;
    this.tail = (about.log ?? "").trimEnd().split("\n").slice(-15).join("\n");
  }
}

/** Whatever was thrown, as one line. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch hides what happened in the cause.
  if (error.message === "fetch failed" && error.cause) return oneLine(error.cause);
  return error.message.split("\n")[0] ?? "";
}
