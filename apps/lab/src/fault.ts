import { inspect } from "node:util";

/** Exit codes of `lab`: 1 a fact is false, 2 the environment is broken, 3 usage. */
export type ExitCode = 1 | 2 | 3;

/** A failure that is told in one line; a note, or the tail of a part's log, follows. */
export class Fault extends Error {
  readonly exit: ExitCode;
  readonly part: string | undefined;
  readonly tail: string;
  readonly note: string | undefined;

  constructor(exit: ExitCode, message: string, about: { part?: string; log?: string; note?: string } = {}) {
    super(message);
    this.exit = exit;
    this.part = about.part;
    this.note = about.note;
    this.tail = (about.log ?? "").trimEnd().split("\n").slice(-15).join("\n");
  }
}

/** Whatever was thrown, as one line. */
export function oneLine(error: unknown): string {
  // What is thrown need not be an Error: a web socket of the Kubernetes client rejects with an event.
  const { message, cause, code }: { message?: unknown; cause?: unknown; code?: unknown } = Object(error);
  // fetch hides what happened in the cause.
  if (message === "fetch failed" && cause) return oneLine(cause);
  // Where no address of a host answers, the error has a code and an empty message.
  const [text] = [message, code, error].filter((each) => typeof each === "string" && each !== "");
  return (typeof text === "string" ? text : inspect(error, { depth: 0 })).trim().split("\n")[0] ?? "";
}
