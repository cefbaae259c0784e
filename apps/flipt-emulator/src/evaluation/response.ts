import type { BooleanResult } from "./boolean.ts";
import type { EvaluationRequest } from "./request.ts";
import type { VariantResult } from "./variant.ts";

/** The time since a moment of `performance.now()`, in milliseconds. */
export const since = (start: number): number => Number((performance.now() - start).toFixed(6));

export function variantResponse(result: VariantResult, { requestId, flagKey }: EvaluationRequest, start: number) {
  return {
    match: result.match,
    segmentKeys: result.segmentKeys,
    reason: result.reason,
    variantKey: result.variant?.key ?? "",
    variantAttachment: result.variant?.attachment ?? "",
    requestId,
    requestDurationMillis: since(start),
    timestamp: new Date().toISOString(),
    flagKey,
  };
}

export function booleanResponse(result: BooleanResult, { requestId, flagKey }: EvaluationRequest, start: number) {
  return {
    enabled: result.enabled,
    reason: result.reason,
    requestId,
    requestDurationMillis: since(start),
    timestamp: new Date().toISOString(),
    flagKey,
    segmentKeys: result.segmentKeys,
  };
}
