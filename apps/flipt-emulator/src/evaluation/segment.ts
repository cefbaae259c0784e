import type { SegmentOperator } from "flipt-document";
import type { Constraint, NamespaceState, Segment } from "../model.ts";
import { compile, type Test } from "./constraint.ts";

/** Who is asked about. */
export interface Entity {
  entityId: string;
  context: Readonly<Record<string, string>>;
}

interface Check {
  constraint: Constraint;
  test: Test;
}

const known = new WeakMap<Segment, readonly Check[]>();

function checks(segment: Segment): readonly Check[] {
  const cached = known.get(segment);
  if (cached) return cached;
  const list = segment.constraints.map((constraint) => ({ constraint, test: compile(constraint) }));
  known.set(segment, list);
  return list;
}

function passes({ constraint, test }: Check, { entityId, context }: Entity): boolean {
  if (constraint.type === "ENTITY_ID_COMPARISON_TYPE") return test(entityId);
  const { property } = constraint;
  return test(Object.hasOwn(context, property) ? (context[property] ?? "") : "");
}

/** Whether an entity belongs to a segment; one without constraints takes everybody. */
function contains(segment: Segment, entity: Entity): boolean {
  const list = checks(segment);
  if (list.length === 0) return true;
  const passed = (check: Check): boolean => passes(check, entity);
  return segment.matchType === "ANY_MATCH_TYPE" ? list.some(passed) : list.every(passed);
}

/** What a rule or a rollout says about its segments. */
export interface Choice {
  segmentKey: string;
  segmentKeys: readonly string[];
  segmentOperator: SegmentOperator;
}

/** The keys that a choice names, each once. */
export const keysOf = ({ segmentKey, segmentKeys }: Pick<Choice, "segmentKey" | "segmentKeys">): readonly string[] =>
  segmentKey === "" ? [...new Set(segmentKeys)] : [segmentKey];

/** The keys of the segments that an entity belongs to, if these make the choice apply; no segment at all satisfies AND alone. */
export function applies(choice: Choice, state: NamespaceState, entity: Entity): string[] | undefined {
  const keys = keysOf(choice);
  const matching = keys.filter((key) => {
    const segment = state.segments.get(key);
    return segment !== undefined && contains(segment, entity);
  });
  const needed = choice.segmentOperator === "AND_SEGMENT_OPERATOR" ? keys.length : 1;
  return matching.length >= needed ? matching : undefined;
}
