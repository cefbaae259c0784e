/** Why a question got no value. */
export type FailureKind =
  | "bad-request"
  | "not-found"
  | "wrong-type"
  | "timeout"
  | "unreachable"
  | "bad-answer"
  | "server-error"
  | "forbidden"
  | "busy";

/** A question that got no value: a kind for programs, one line for people. */
export class Failure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  toJSON(): { kind: FailureKind; message: string } {
    return { kind: this.kind, message: this.message };
  }
}

const statuses: Record<FailureKind, number> = {
  "bad-request": 400,
  "wrong-type": 400,
  "not-found": 404,
  "bad-answer": 502,
  "server-error": 502,
  unreachable: 502,
  timeout: 504,
  forbidden: 403,
  busy: 503,
};

/** The HTTP status under which this API reports a failure. */
export const statusOf = (failure: Failure): number => statuses[failure.kind];

/** The backend that was asked, as its failures name it. */
export interface Asked {
  backend: string;
  url: string;
  timeoutMs: number;
}

/**
 * Translates whatever a fetch of Flipt, or its SDK, threw.
 *
 * The SDK throws what `fetch` throws, a SyntaxError for a body that is not JSON (of any status), and a plain Error with
 * Flipt's message, but without its status, for every other answer than 200.
 */
export function failure(error: unknown, { backend, url, timeoutMs }: Asked): Failure {
  if (error instanceof Failure) return error;
  const { name, message, cause } = error instanceof Error ? error : new Error(JSON.stringify(error));
  const whom = `${backend} "${url}"`;
  if (name === "TimeoutError") {
    return new Failure("timeout", `${whom} gave no answer within ${timeoutMs} ms`, { cause: error });
  }
  // a TypeError of fetch has a cause; without one it is the SDK's, from reading a field of null
  if (name === "TypeError" && cause !== undefined) {
    return new Failure("unreachable", `${whom} is unreachable: ${reason(cause) || line(message)}`, { cause: error });
  }
  if (name === "SyntaxError" || name === "TypeError") {
    return new Failure("bad-answer", `${whom} answered something that is no Flipt's JSON: is it a Flipt?`, {
      cause: error,
    });
  }
  return new Failure("server-error", `${whom} refused: ${line(message)}`, { cause: error });
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  return "code" in cause && typeof cause.code === "string" ? cause.code : line(cause.message);
}

/** One line of at most 200 characters. */
export const line = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 200);
