import { type Choice, keysOf } from "../evaluation/segment.ts";
import { Fault } from "../fault.ts";
import {
  type Constraint,
  type FlagState,
  type NamespaceState,
  type Rollout,
  type Rule,
  type Segment,
  sent,
  type Variant,
} from "../model.ts";
import { byBytes } from "../order.ts";
import type { Accepted } from "./server-version.ts";

/**
 * The body of a namespace's snapshot, with v1.61.1's oddities (recorded): empty ids and names, repeated rules.
 *
 * @throws {Fault} 500 on a master with a rollout whose segments are gone
 * @param identified whether the source gives ids to constraints: a database does
 */
export function snapshotOf(
  key: string,
  state: NamespaceState | undefined,
  accepted: Accepted,
  identified: boolean,
): object {
  const flags = [...(state?.flags.values() ?? [])];
  if (identified && flags.some(hasVoidRollout)) throw new Fault(13, NIL);
  const render = state && createSegmentRenderer(state, accepted, identified);
  return { namespace: { key }, flags: render ? flags.map((flag) => flagOf(flag, render, accepted)) : [] };
}

const NIL = "runtime error: invalid memory address or nil pointer dereference";

/** On a master a rollout whose segments are gone ends the whole snapshot (recorded). */
const hasVoidRollout = ({ flag, rollouts }: FlagState): boolean =>
  flag.type === "BOOLEAN_FLAG_TYPE" && rollouts.some(({ segment, threshold }) => !segment && !threshold);

type RenderSegments = (choice: Pick<Choice, "segmentKey" | "segmentKeys">, inRule: boolean) => object[];

/**
 * Each segment is rendered where it is mentioned first. If that is a rollout, a database gives its constraints without
 * their ids, sorted by all that is left of them.
 */
function createSegmentRenderer(state: NamespaceState, accepted: Accepted, identified: boolean): RenderSegments {
  const rendered = new Map<string, object>();
  return (choice, inRule) =>
    keysOf(choice).flatMap((key) => {
      const segment = state.segments.get(key);
      if (!segment) return [];
      const sorted = identified && !inRule ? sortedByContent(segment) : segment;
      const body = rendered.get(key) ?? segmentOf(sorted, accepted, identified && inRule);
      rendered.set(key, body);
      return [body];
    });
}

/** What is no name of an enum is shown as another one of them (recorded). */
const operatorOf = (operator: string): string =>
  operator === "AND_SEGMENT_OPERATOR" ? operator : "OR_SEGMENT_OPERATOR";

const types: readonly string[] = ["STRING", "NUMBER", "BOOLEAN", "DATETIME", "ENTITY_ID"];

function sortedByContent(segment: Segment): Segment {
  const rank = ({ type }: Constraint): number => types.indexOf(type.replace("_COMPARISON_TYPE", ""));
  const content = ({ property, operator, value }: Constraint): string => [property, operator, value].join("\0");
  const constraints = [...segment.constraints].sort((left, right) => {
    return rank(left) - rank(right) || byBytes(content(left), content(right));
  });
  return { ...segment, constraints };
}

function segmentOf(
  { key, matchType, constraints }: Segment,
  { entityConstraints }: Accepted,
  identified: boolean,
): object {
  return {
    key,
    name: "",
    description: "",
    matchType: matchType === "ALL_MATCH_TYPE" ? "ALL_SEGMENT_MATCH_TYPE" : "ANY_SEGMENT_MATCH_TYPE",
    constraints: constraints.map(({ id, type, property, operator, value }) => {
      const shown = type === "ENTITY_ID_COMPARISON_TYPE" && !entityConstraints ? "UNKNOWN_COMPARISON_TYPE" : type;
      const name = shown.replace("_COMPARISON_TYPE", "_CONSTRAINT_COMPARISON_TYPE");
      return { id: identified ? id : "", type: name, property, operator, value };
    }),
  };
}

function flagOf({ flag, rules, rollouts }: FlagState, render: RenderSegments, { defaultVariants }: Accepted): object {
  const variants = new Map(flag.variants.map((variant) => [variant.id, variant]));
  const { defaultVariant } = flag;
  return {
    key: flag.key,
    name: flag.name,
    description: flag.description,
    enabled: flag.enabled,
    type: flag.type === "BOOLEAN_FLAG_TYPE" ? flag.type : "VARIANT_FLAG_TYPE",
    createdAt: flag.createdAt,
    updatedAt: flag.updatedAt,
    rules: flag.type === "VARIANT_FLAG_TYPE" ? rules.flatMap((rule) => repeatedRule(rule, render, variants)) : [],
    rollouts: flag.type === "BOOLEAN_FLAG_TYPE" ? rollouts.map((rollout) => rolloutOf(rollout, render)) : [],
    ...(defaultVariants && defaultVariant && { defaultVariant: defaultOf(defaultVariant) }),
  };
}

/** Unlike everywhere else, the attachment is the text as it was sent. */
const defaultOf = ({ id, key, attachment, [sent]: text = attachment }: Variant): object => {
  return { id, key, attachment: text };
};

/** A rule of n segments appears n times, each time with its distributions n times; one of none is left out. */
function repeatedRule(rule: Rule, render: RenderSegments, variants: ReadonlyMap<string, Variant>): object[] {
  const segments = render(rule, true);
  const distributions = rule.distributions.map(({ variantId, rollout }) => {
    const { key = "", attachment = "" } = variants.get(variantId) ?? {};
    return { id: "", ruleId: "", variantId, variantKey: key, variantAttachment: attachment, rollout };
  });
  const { id, rank } = rule;
  const segmentOperator = operatorOf(rule.segmentOperator);
  const repeated = segments.flatMap(() => distributions);
  return segments.map(() => ({ id, segments, rank, segmentOperator, distributions: repeated }));
}

function rolloutOf({ type, rank, threshold, segment }: Rollout, render: RenderSegments): object {
  if (threshold) return { type, rank, threshold };
  if (!segment) return { type, rank };
  const { value, segmentOperator } = segment;
  return {
    type,
    rank,
    segment: { value, segmentOperator: operatorOf(segmentOperator), segments: render(segment, false) },
  };
}
