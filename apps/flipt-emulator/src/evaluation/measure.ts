import type { EvaluationEvent, EvaluationResult } from "../metrics/evaluations.ts";
import { type BooleanResult, evaluateBoolean } from "./boolean.ts";
import type { Found } from "./lookup.ts";
import type { EvaluationRequest } from "./request.ts";
import { since } from "./response.ts";
import { evaluateVariant, type VariantResult } from "./variant.ts";

/** Who is told of each evaluation. */
export type Report = (event: EvaluationEvent) => void;

/** Evaluates a variant flag and reports it, also when it throws. */
export function measuredVariant({ state, flag }: Found, request: EvaluationRequest, report: Report): VariantResult {
  const start = performance.now();
  let result: EvaluationResult | undefined;
  try {
    const evaluated = evaluateVariant(flag, state, request);
    const { match, reason, segmentKeys: segments, variant } = evaluated;
    result = { type: "variant", reason, value: variant?.key ?? "", match, segments };
    return evaluated;
  } finally {
    report({ namespace: request.namespaceKey, flag: request.flagKey, milliseconds: since(start), result });
  }
}

/** Evaluates a boolean flag and reports it, also when it throws. */
export function measuredBoolean({ state, flag }: Found, request: EvaluationRequest, report: Report): BooleanResult {
  const start = performance.now();
  let result: EvaluationResult | undefined;
  try {
    const evaluated = evaluateBoolean(flag, state, request);
    result = { type: "boolean", reason: evaluated.reason, value: evaluated.enabled };
    return evaluated;
  } finally {
    report({ namespace: request.namespaceKey, flag: request.flagKey, milliseconds: since(start), result });
  }
}
