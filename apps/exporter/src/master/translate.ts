import {
  type ComparisonType,
  type Document,
  type DocumentConstraint,
  type DocumentFlag,
  type DocumentRollout,
  type DocumentRule,
  type DocumentSegment,
  type DocumentVariant,
  type FlagType,
  type Json,
  type MatchType,
  parseJson,
  type SegmentOperator,
} from "flipt-document";
import { refuse, unreachable } from "../stop.ts";
import type { Fields } from "./fields.ts";
import { Torn } from "./torn.ts";

/** A namespace of the management API as a document. Order and defaults are left to the canonical form. */
export function namespaceDocument(namespace: Fields, flags: DocumentFlag[], segments: DocumentSegment[]): Document {
  const [key, name] = [namespace.text("key"), namespace.text("name")];
  return { namespace: { key, name, description: namespace.text("description") || undefined }, flags, segments };
}

/** @param targets the flag's rules if it has variants, its rollouts if it is boolean */
export function flagDocument(flag: Fields, targets: Fields[]): DocumentFlag {
  const type = flag.word("type") as FlagType;
  const base = flag.object("defaultVariant")?.text("id");
  const variants = flag.list("variants");
  const keys = new Map(variants.map((variant) => [variant.text("id"), variant.text("key")]));
  return {
    key: flag.text("key"),
    name: flag.text("name"),
    type,
    description: flag.text("description") || undefined,
    enabled: flag.boolean("enabled"),
    metadata: (flag.raw("metadata") ?? {}) as Record<string, Json>,
    variants: variants.map((variant) => variantDocument(variant, base)),
    ...(type === "BOOLEAN_FLAG_TYPE"
      ? { rollouts: byRank(targets).map((rollout) => rolloutDocument(rollout, flag)) }
      : {
          rules: byRank(byId(targets))
            .filter(hasSegments)
            .map((rule) => ruleDocument(rule, keys)),
        }),
  };
}

/** A master evaluates no rule whose segments are gone, and leaves it out of its snapshot; a sidecar lets it match everybody. */
const hasSegments = (rule: Fields): boolean => choice(rule).keys.length > 0;

/** Of equal ranks a master on SQLite evaluates the rule with the smaller id first, and the rollout that it lists first. */
const byId = (rules: Fields[]): Fields[] => rules.toSorted((a, b) => (a.text("id") < b.text("id") ? -1 : 1));

function byRank(targets: Fields[]): Fields[] {
  const ranks = new Map(targets.map((target) => [target, target.number("rank")]));
  return targets.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}

function variantDocument(variant: Fields, base: string | undefined): DocumentVariant {
  const attachment = variant.text("attachment");
  return {
    default: variant.text("id") === base,
    key: variant.text("key"),
    name: variant.text("name") || undefined,
    description: variant.text("description") || undefined,
    ...(attachment && { attachment: attached(attachment, variant.text("key")) }),
  };
}

/** @throws {Stop} for a text that is no JSON */
export function attached(text: string, variant: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw unreachable(`attachment of variant "${variant}" is not JSON`, error);
  }
}

function ruleDocument(rule: Fields, keys: Map<string, string>): DocumentRule {
  const distributions = rule.list("distributions").map((distribution) => {
    const variant = keys.get(distribution.text("variantId"));
    if (variant === undefined) throw new Torn(`rule "${rule.text("id")}" names a variant that its flag lacks`);
    return { variant, rollout: distribution.number("rollout") };
  });
  return { segment: choice(rule), distributions };
}

function rolloutDocument(rollout: Fields, flag: Fields): DocumentRollout {
  const segment = rollout.object("segment");
  const threshold = rollout.object("threshold");
  if (!segment && !threshold) {
    const name = `rollout ${rollout.number("rank")} of flag "${flag.text("namespaceKey")}/${flag.text("key")}"`;
    throw refuse("valid", `${name} has neither segment nor threshold: its segments are gone; delete it on the master`);
  }
  return {
    description: rollout.text("description") || undefined,
    ...(segment && { segment: { ...choice(segment), value: segment.boolean("value") } }),
    ...(threshold && {
      threshold: { percentage: threshold.number("percentage"), value: threshold.boolean("value") },
    }),
  };
}

const choice = (target: Fields) => ({
  keys: target.text("segmentKey") ? [target.text("segmentKey")] : target.texts("segmentKeys"),
  operator: target.word("segmentOperator") as SegmentOperator,
});

/** A segment of the management API, with its constraints. */
export function segmentDocument(segment: Fields): DocumentSegment {
  return {
    key: segment.text("key"),
    name: segment.text("name"),
    description: segment.text("description") || undefined,
    constraints: segment.list("constraints").map(constraintDocument),
    match_type: segment.word("matchType") as MatchType,
  };
}

const constraintDocument = (constraint: Fields): DocumentConstraint => ({
  type: constraint.word("type") as ComparisonType,
  property: constraint.text("property"),
  operator: constraint.text("operator"),
  value: constraint.text("value") || undefined,
  description: constraint.text("description") || undefined,
});
