import type { Part } from "./lab.ts";

/** Exit codes of `lab`: 1 a fact is false, 2 the environment is broken, 3 usage. */
export type ExitCode = 1 | 2 | 3;

/** A failure that is told in one line; a note, or the tail of a part's log, follows. */
export class Fault extends Error {
  readonly exit: ExitCode;
  readonly part: Part | undefined;
  readonly tail: string;
  readonly note: string | undefined;

  constructor(exit: ExitCode, message: string, about: { part?: Part; log?: string; note?: string } = {}) {
    super(message);
    this.exit = exit;
    this.part = about.part;
    this.note = about.note;
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
