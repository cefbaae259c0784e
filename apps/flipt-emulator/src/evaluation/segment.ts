import type { SegmentOperator } from "flipt-document";
import type { FlagState, NamespaceState, Segment } from "../model.ts";
import { compile, type Test } from "./constraint.ts";

/** Who is asked about. */
export interface Entity {
  entityId: string;
  context: Readonly<Record<string, string>>;
}

/** What a rule or a rollout says about its segments. */
export interface Choice {
  segmentKey: string;
  segmentKeys: readonly string[];
  segmentOperator: SegmentOperator;
}

/** A constraint made ready: the property whose value it tests, undefined for the entity's id. */
interface Check {
  property: string | undefined;
  test: Test;
}

interface Member {
  key: string;
  /** Whether one check that passes is enough. */
  any: boolean;
  checks: readonly Check[];
}

/** The segments of a choice made ready to be asked, without those that do not exist. */
export interface Audience {
  members: readonly Member[];
  /** How many have to match. */
  needed: number;
}

type Segments = NamespaceState["segments"];

/** The keys that a choice names, each once. */
export const keysOf = ({ segmentKey, segmentKeys }: Pick<Choice, "segmentKey" | "segmentKeys">): readonly string[] =>
  segmentKey === "" ? [...new Set(segmentKeys)] : [segmentKey];

const checksOf = ({ constraints }: Segment): Check[] =>
  constraints.map((constraint) => ({
    property: constraint.type === "ENTITY_ID_COMPARISON_TYPE" ? undefined : constraint.property,
    test: compile(constraint),
  }));

/** Gathers the segments of a choice; none at all satisfies AND alone. */
export function audienceOf(choice: Choice, segments: Segments): Audience {
  const keys = keysOf(choice);
  const members = keys.flatMap((key): Member[] => {
    const segment = segments.get(key);
    // one of no known match type takes nobody, unless it takes everybody (recorded)
    const neither = typeof segment?.matchType === "number" && segment.constraints.length > 0;
    return segment && !neither ? [{ key, any: segment.matchType === "ANY_MATCH_TYPE", checks: checksOf(segment) }] : [];
  });
  return { members, needed: choice.segmentOperator === "AND_SEGMENT_OPERATOR" ? keys.length : 1 };
}

/**
 * Makes something of a flag and the segments beside it once, and keeps it with them; neither ever changes, also where a poll
 * renews the state around them. An evaluation that gathers segments and checks anew for each rule takes twice as long.
 */
export function perFlag<T extends object>(
  make: (flag: FlagState, segments: Segments) => T,
): (flag: FlagState, state: NamespaceState) => T {
  const known = new WeakMap<Segments, WeakMap<FlagState, T>>();
  return (flag, { segments }) => {
    let made = known.get(segments);
    if (!made) {
      made = new WeakMap();
      known.set(segments, made);
    }
    let one = made.get(flag);
    if (!one) {
      one = make(flag, segments);
      made.set(flag, one);
    }
    return one;
  };
}

/** The keys of the segments that an entity belongs to, where these are enough. */
export function matching({ members, needed }: Audience, entity: Entity): string[] | undefined {
  const keys: string[] = [];
  for (const member of members) if (contains(member, entity)) keys.push(member.key);
  return keys.length >= needed ? keys : undefined;
}

/** Whether an entity belongs to a segment; one without constraints takes everybody. */
function contains({ any, checks }: Member, { entityId, context }: Entity): boolean {
  if (checks.length === 0) return true;
  for (const { property, test } of checks) {
    const value = property === undefined ? entityId : Object.hasOwn(context, property) ? (context[property] ?? "") : "";
    if (test(value) === any) return any;
  }
  return !any;
}
