import { parseJson } from "flipt-document";
import type { Constraint, Flag, FlagState, Namespace, Rollout, Rule, Segment, Variant } from "../model.ts";
import { byBytes } from "../order.ts";
import { type Block, blockOf, type Fields } from "./block.ts";

/** What an export reads of a namespace. */
export interface Content {
  flags: readonly FlagState[];
  segments: readonly Segment[];
}

export interface Options {
  /** Stands in the first document of a stream only. */
  version: string | undefined;
  /** Whether flags, variants and segments are sorted by their keys, else they stay as they come. */
  sorted: boolean;
}

/** A namespace as the original's export writes it (recorded): what is empty is left out. */
export function exportDocument({ key, name, description }: Namespace, content: Content, options: Options): Fields {
  const order = <Item extends { key: string }>(items: readonly Item[]): readonly Item[] =>
    options.sorted ? [...items].sort((left, right) => byBytes(left.key, right.key)) : items;
  const states = new Map(content.flags.map((state) => [state.flag.key, state]));
  const flags = order(content.flags.map(({ flag }) => flag)).flatMap(({ key: flagKey }) => states.get(flagKey) ?? []);
  return {
    version: options.version,
    namespace: { key, name: name || undefined, description: description || undefined },
    flags: filled(flags.map((state) => flagFields(state, order))),
    segments: filled(order(content.segments).map(segmentFields)),
  };
}

const filled = (items: Block[]): Block => (items.length > 0 ? items : undefined);

function flagFields(state: FlagState, order: (variants: readonly Variant[]) => readonly Variant[]): Fields {
  const { flag } = state;
  const { key, name, type, description, enabled, metadata = {} } = flag;
  const variantKeys = new Map(flag.variants.map((variant) => [variant.id, variant.key]));
  return {
    key: key || undefined,
    name: name || undefined,
    type: String(type),
    description: description || undefined,
    enabled,
    metadata: Object.keys(metadata).length > 0 ? blockOf(metadata) : undefined,
    variants: filled(order(flag.variants).map((variant) => variantFields(variant, flag))),
    rules: filled((state.listedRules ?? state.rules).map((rule) => ruleFields(rule, variantKeys))),
    rollouts: filled((state.listedRollouts ?? state.rollouts).map(rolloutFields)),
  };
}

function variantFields({ id, key, name, description, attachment }: Variant, { defaultVariant }: Flag): Fields {
  const value = attachment === "" ? null : blockOf(parseJson(attachment));
  return {
    default: id === defaultVariant?.id || undefined,
    key: key || undefined,
    name: name || undefined,
    description: description || undefined,
    attachment: value ?? undefined,
  };
}

/** @throws {Error} for a rule of no segment, as v1.61.1 does */
function ruleFields(
  { segmentKey, segmentKeys, segmentOperator, distributions }: Rule,
  keys: Map<string, string>,
): Fields {
  if (segmentKey === "" && segmentKeys.length === 0) throw new Error("wrong format for rule segments");
  return {
    segment: segmentKey || { keys: [...segmentKeys], operator: String(segmentOperator) },
    distributions: filled(
      distributions.map(({ variantId, rollout }) => ({ variant: keys.get(variantId) ?? "", rollout })),
    ),
  };
}

/** A rollout whose segments are all gone is empty. */
function rolloutFields({ description, segment, threshold }: Rollout): Fields {
  const named = segment && (segment.segmentKey !== "" || segment.segmentKeys.length > 0);
  return {
    description: description || undefined,
    segment: named
      ? {
          key: segment.segmentKey || undefined,
          keys: segment.segmentKey ? undefined : filled([...segment.segmentKeys]),
          operator: segment.segmentOperator === "AND_SEGMENT_OPERATOR" ? segment.segmentOperator : undefined,
          value: segment.value || undefined,
        }
      : undefined,
    threshold: threshold && { percentage: threshold.percentage, value: threshold.value || undefined },
  };
}

function segmentFields({ key, name, description, constraints, matchType }: Segment): Fields {
  return {
    key: key || undefined,
    name: name || undefined,
    description: description || undefined,
    constraints: filled(constraints.map(constraintFields)),
    match_type: String(matchType),
  };
}

const constraintFields = ({ type, property, operator, value, description }: Constraint): Fields => ({
  type,
  property: property || undefined,
  operator: operator || undefined,
  value: value || undefined,
  description: description || undefined,
});
