import type { EvaluationEvent, EvaluationResult } from "../metrics.ts";
import type { Found } from "./lookup.ts";
import type { EvaluationRequest } from "./request.ts";
import { since } from "./response.ts";
import { evaluateVariant, type VariantResult } from "./variant.ts";

/** Who is told of each evaluation. */
export type Report = (event: EvaluationEvent) => void;

/** Runs one evaluation and reports it, also when it throws. */
export function measured<T>(
  report: Report,
  { namespaceKey, flagKey }: EvaluationRequest,
  evaluate: () => T,
  resultOf: (evaluated: T) => EvaluationResult,
): T {
  const start = performance.now();
  let result: EvaluationResult | undefined;
  try {
    const evaluated = evaluate();
    result = resultOf(evaluated);
    return evaluated;
  } finally {
    const event = { namespace: namespaceKey, flag: flagKey, milliseconds: since(start) };
    report(result ? { ...event, result } : event);
  }
}

/** Evaluates a variant flag and reports it. */
export const measuredVariant = ({ state, flag }: Found, request: EvaluationRequest, report: Report): VariantResult =>
  measured(
    report,
    request,
    () => evaluateVariant(flag, state, request),
    ({ match, reason, segmentKeys: segments, variant }) => {
      return { type: "variant", reason, value: variant?.key ?? "", match, segments };
    },
  );
