import type { Document, DocumentFlag, DocumentRollout, DocumentSegment, SegmentChoice } from "../src/index.ts";

/** What documents say, with every default filled in and all that has no order sorted: what a round trip must keep. */
export function stateOf(documents: Document[]): unknown {
  return sorted(
    documents.map(({ namespace = "default", flags = [], segments = [] }) => {
      const {
        key,
        name,
        description = "",
      } = typeof namespace === "string" ? { key: namespace, name: namespace } : namespace;
      return {
        key,
        name: name ?? "",
        description,
        flags: sorted(flags.map(flagState)),
        segments: sorted(segments.map(segmentState)),
      };
    }),
  );
}

const sorted = <Item extends { key: string }>(items: Item[]): Item[] => items.sort((a, b) => (a.key < b.key ? -1 : 1));

function choice(segment: string | SegmentChoice): unknown {
  const { keys, operator = "OR_SEGMENT_OPERATOR" } = typeof segment === "string" ? { keys: [segment] } : segment;
  return { keys: [...keys].sort(), operator: keys.length === 1 ? "OR_SEGMENT_OPERATOR" : operator };
}

function rolloutState({ description = "", segment, threshold }: DocumentRollout): unknown {
  if (threshold) return { description, percentage: threshold.percentage, value: threshold.value ?? false };
  const { key, keys = [], operator, value = false } = segment ?? {};
  return {
    description,
    ...(choice({ keys: key === undefined ? keys : [key], ...(operator && { operator }) }) as object),
    value,
  };
}

function flagState(flag: DocumentFlag) {
  const { key, name, type = "VARIANT_FLAG_TYPE", description = "", enabled = false, metadata = {} } = flag;
  const variants = (flag.variants ?? []).map((variant) => ({
    key: variant.key,
    name: variant.name ?? "",
    description: variant.description ?? "",
    default: variant.default ?? false,
    attachment: variant.attachment ?? null,
  }));
  const rules = (flag.rules ?? []).map(({ segment, distributions = [] }) => ({
    segment: choice(segment),
    distributions,
  }));
  const rollouts = (flag.rollouts ?? []).map(rolloutState);
  return { key, name, type, description, enabled, metadata, variants: sorted(variants), rules, rollouts };
}

function segmentState({ key, name, description = "", constraints = [], match_type }: DocumentSegment) {
  const filled = constraints.map((each) => ({ ...each, value: each.value ?? "", description: each.description ?? "" }));
  return { key, name, description, match_type, constraints: filled };
}
