import { Fault } from "../fault.ts";
import type { Answer } from "./route.ts";

/** The body of a failure everywhere but in OFREP. */
const faultBody = (error: Error): object => ({
  code: error instanceof Fault ? error.code : 13,
  message: error.message,
  details: [],
});

const ofrepCodes: Partial<Record<Fault["code"], string>> = { 3: "INVALID_CONTEXT", 5: "FLAG_NOT_FOUND" };

/** The same in OFREP's words (recorded from v1.61.1). */
const ofrepBody = (error: Error): object => ({
  ...(error instanceof Fault && error.subject && { key: error.subject }),
  errorCode: (error instanceof Fault && ofrepCodes[error.code]) || "GENERAL",
  errorDetails: error.message,
});

/** How a failure is told at a path. */
export function failureAt(path: string, error: Error): Answer {
  const status = error instanceof Fault ? error.status : 500;
  if (/^\/ofrep(\/|$)/.test(path)) return { status, body: ofrepBody(error), line: true };
  return { status, ...(status === 401 && { headers: { "www-authenticate": error.message } }), body: faultBody(error) };
}
