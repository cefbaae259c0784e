import { Fault } from "../fault.ts";
import type { FlagState, NamespaceState, Rule, Variant } from "../model.ts";
import { bounds, variantBucket } from "./bucket.ts";
import { audienceOf, type Entity, matching, perFlag } from "./segment.ts";

export type Reason =
  | "UNKNOWN_EVALUATION_REASON"
  | "FLAG_DISABLED_EVALUATION_REASON"
  | "MATCH_EVALUATION_REASON"
  | "DEFAULT_EVALUATION_REASON";

export interface VariantResult {
  match: boolean;
  segmentKeys: readonly string[];
  reason: Reason;
  variant: Variant | undefined;
}

const steps = perFlag(({ rules }, segments) => rules.map((rule) => ({ rule, audience: audienceOf(rule, segments) })));

/**
 * Evaluates a variant flag: the first rule that applies decides, there is no fall-through to the next one.
 *
 * @throws {Fault} 500 when ranks are out of order
 */
export function evaluateVariant(state: FlagState, namespace: NamespaceState, entity: Entity): VariantResult {
  const { flag } = state;
  const variant = flag.defaultVariant;
  const reason = variant ? "DEFAULT_EVALUATION_REASON" : "UNKNOWN_EVALUATION_REASON";
  const start: VariantResult = { match: false, segmentKeys: [], reason, variant };
  if (!flag.enabled) return { ...start, reason: "FLAG_DISABLED_EVALUATION_REASON" };
  let rank = 0;
  for (const { rule, audience } of steps(state, namespace)) {
    if (rule.rank < rank) throw new Fault(13, `rule rank: ${rule.rank} detected out of order`);
    rank = rule.rank;
    const segmentKeys = matching(audience, entity);
    if (segmentKeys)
      return distribute(rule, { ...start, segmentKeys }, flag.variants, variantBucket(flag.key, entity.entityId));
  }
  return start;
}

function distribute(rule: Rule, start: VariantResult, variants: readonly Variant[], bucket: number): VariantResult {
  const list = bounds(rule);
  if (list.length === 0) return { ...start, match: true, reason: "MATCH_EVALUATION_REASON" };
  const bound = list.find(({ end }) => bucket < end);
  if (!bound) return start;
  const variant = variants.find(({ id }) => id === bound.distribution.variantId);
  return { ...start, match: true, reason: "MATCH_EVALUATION_REASON", variant };
}
