import type { EvaluationResponse } from "@flipt-io/flipt";
import { Failure } from "./failure.ts";

/** What a flag evaluated to. */
export interface Value {
  type: "variant" | "boolean";
  /** The key of the variant (empty: no variant) or the boolean. */
  value: string | boolean;
  /** Whether a rule matched; for a boolean whether a rollout did. */
  match: boolean;
  /** Flipt's own word, such as `MATCH_EVALUATION_REASON`. */
  reason: string;
  segmentKeys: string[];
  /** The variant's attachment as JSON; null when it has none. */
  attachment: unknown;
}

/** What a backend answered, or why there is no value; with the milliseconds that it took. */
export type Answer = (Value | { error: Failure }) & { latencyMs: number };

/**
 * Reads one response of a batch evaluation. A batch is asked even for one flag, because its response says the type of
 * the flag: no second request has to look it up, and none can see another state.
 *
 * @throws {Failure} `not-found` for an unknown flag or namespace, `bad-answer` for anything that is not a response
 */
export function readValue(response: EvaluationResponse | undefined, whom: string, flag: string): Value {
  const { booleanResponse, variantResponse, errorResponse } = response ?? {};
  if (typeof booleanResponse?.enabled === "boolean") {
    const { enabled, reason, segmentKeys } = booleanResponse;
    const match = reason === "MATCH_EVALUATION_REASON";
    return { type: "boolean", value: enabled, match, reason, segmentKeys: segmentKeys ?? [], attachment: null };
  }
  if (typeof variantResponse?.variantKey === "string") {
    const { variantKey, match, reason, segmentKeys } = variantResponse;
    const attachment = json(variantResponse.variantAttachment);
    return { type: "variant", value: variantKey, match, reason, segmentKeys: segmentKeys ?? [], attachment };
  }
  if (errorResponse?.reason === "NOT_FOUND_ERROR_EVALUATION_REASON") {
    throw new Failure("not-found", `flag "${flag}" not found on ${whom}`);
  }
  throw new Failure("bad-answer", `${whom} answered JSON that is no evaluation: is it a Flipt v1?`);
}

/** A variant without attachment has the text "" on a master and "null" on a sidecar (recorded from v1.61.1). */
function json(text: string | undefined): unknown {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text; // shown as it is: a text that is no JSON is still what the flag carries
  }
}

/**
 * Whether two backends say the same; null when one of them could not be asked.
 *
 * Segments are compared as a set: their order is not defined. That both do not know the flag is agreement.
 */
export function agree(one: Answer, other: Answer): boolean | null {
  const [left, right] = [essence(one), essence(other)];
  return left === null || right === null ? null : left === right;
}

/** Whether an answer says what the backend has, rather than that it could not be asked. */
export const isTold = (answer: Answer | undefined): answer is Answer =>
  answer !== undefined && essence(answer) !== null;

function essence(answer: Answer): string | null {
  if ("error" in answer) return ["not-found", "wrong-type"].includes(answer.error.kind) ? answer.error.kind : null;
  const { type, value, match, reason, segmentKeys, attachment } = answer;
  return JSON.stringify([type, value, match, reason, [...segmentKeys].sort(), sorted(attachment)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [key, sorted(entry)]);
}
