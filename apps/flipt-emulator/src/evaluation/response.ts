import type { BooleanResult } from "./boolean.ts";
import type { EvaluationRequest } from "./request.ts";
import type { VariantResult } from "./variant.ts";

/** The time since a moment of `performance.now()`, in milliseconds. */
export const since = (start: number): number => Math.round((performance.now() - start) * 1e6) / 1e6;

let last = { at: 0, text: "" };

/** This moment, written once for all answers of a millisecond. */
function timestamp(): string {
  const at = Date.now();
  if (last.at !== at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}

export function variantResponse(result: VariantResult, { requestId, flagKey }: EvaluationRequest, start: number) {
  return {
    match: result.match,
    segmentKeys: result.segmentKeys,
    reason: result.reason,
    variantKey: result.variant?.key ?? "",
    variantAttachment: result.variant?.attachment ?? "",
    requestId,
    requestDurationMillis: since(start),
    timestamp: timestamp(),
    flagKey,
  };
}

export function booleanResponse(result: BooleanResult, { requestId, flagKey }: EvaluationRequest, start: number) {
  return {
    enabled: result.enabled,
    reason: result.reason,
    requestId,
    requestDurationMillis: since(start),
    timestamp: timestamp(),
    flagKey,
    segmentKeys: result.segmentKeys,
  };
}
