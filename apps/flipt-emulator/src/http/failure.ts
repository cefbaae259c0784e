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
  errorCode: (error instanceof Fault && ofrepCodes[error.code]) || "GENERAL",
  errorDetails: error.message,
});

/** How a failure is told at a path. */
export const failureAt = (path: string, error: Error): Answer => ({
  status: error instanceof Fault ? error.status : 500,
  body: /^\/ofrep(\/|$)/.test(path) ? ofrepBody(error) : faultBody(error),
});
