import { type Block, writeBlock } from "./block.ts";
import type {
  Document,
  DocumentConstraint,
  DocumentFlag,
  DocumentRollout,
  DocumentRule,
  DocumentSegment,
  DocumentVariant,
  Json,
} from "./document.ts";
import { mergeDocuments, type NamespaceDocument } from "./namespace.ts";
import { sortedBy } from "./order.ts";
import { newest } from "./schema.ts";

/**
 * Canonical YAML: one document a namespace, all that has no order sorted, defaults left out, so that equal state gives
 * equal bytes. Documents of one namespace are merged; a flag that appears twice is written as it evaluates (its last
 * definition). No documents give an empty text. What checkDocuments refuses is written as it is, but a NaN or an
 * infinity throws a RangeError.
 */
export function formatStream(documents: Document[]): string {
  const namespaces = sortedBy(mergeDocuments(documents), ({ key }) => key);
  return namespaces
    .map((namespace, index) => writeBlock(canonicalDocument(namespace, index === 0 ? newest : undefined)))
    .join("---\n");
}

function canonicalDocument(namespace: NamespaceDocument, version: string | undefined): { [key: string]: Block } {
  const { key, name, description } = namespace;
  const flags = namespace.flags.map(({ flag }) => flag);
  return {
    version,
    namespace: { key: key || undefined, name: name || undefined, description: description || undefined },
    flags: filled(sortedBy(flags, (flag) => flag.key).map(canonicalFlag)),
    segments: filled(sortedBy(namespace.segments, (segment) => segment.key).map(canonicalSegment)),
  };
}

const filled = (items: Block[]): Block => (items.length > 0 ? items : undefined);

function canonicalFlag(flag: DocumentFlag): Block {
  const { key, name, type = "VARIANT_FLAG_TYPE", description, enabled = false, metadata = {} } = flag;
  return {
    key,
    name,
    type,
    description: description || undefined,
    enabled,
    metadata: Object.keys(metadata).length > 0 ? canonicalJson(metadata) : undefined,
    variants: filled(sortedBy(flag.variants ?? [], (variant) => variant.key).map(canonicalVariant)),
    rules: filled((flag.rules ?? []).map(canonicalRule)),
    rollouts: filled((flag.rollouts ?? []).map(canonicalRollout)),
  };
}

function canonicalVariant({ key, name, description, attachment, default: isDefault }: DocumentVariant): Block {
  return {
    default: isDefault || undefined,
    key,
    name: name || undefined,
    description: description || undefined,
    attachment: attachment === undefined || attachment === null ? undefined : canonicalJson(attachment),
  };
}

function canonicalRule({ segment, distributions = [] }: DocumentRule): Block {
  return {
    segment: typeof segment === "string" ? segment : canonicalChoice(segment.keys ?? [], segment.operator),
    distributions: filled(distributions.map(({ variant, rollout }) => ({ variant, rollout }))),
  };
}

function canonicalChoice(keys: string[], operator: string | null | undefined): Block {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) return only;
  return { keys: sortedBy(keys, (key) => key), operator: operator ?? "OR_SEGMENT_OPERATOR" };
}

function canonicalRollout({ description, segment, threshold }: DocumentRollout): Block {
  return {
    description: description || undefined,
    segment: segment && canonicalRolloutSegment(segment),
    threshold: threshold && { percentage: threshold.percentage, value: threshold.value || undefined },
  };
}

function canonicalRolloutSegment({ key, keys, operator, value }: NonNullable<DocumentRollout["segment"]>): Block {
  const all = key === undefined ? (keys ?? []) : [key];
  if (all.length === 1) return { key: all[0], value: value || undefined };
  const written = operator === "AND_SEGMENT_OPERATOR" ? operator : undefined;
  return { keys: sortedBy(all, (each) => each), operator: written, value: value || undefined };
}

function canonicalConstraint({ type, property, operator, value, description }: DocumentConstraint): Block {
  return { type, property, operator, value: value || undefined, description: description || undefined };
}

function canonicalSegment({ key, name, description, constraints = [], match_type }: DocumentSegment): Block {
  return {
    key,
    name,
    description: description || undefined,
    constraints: filled(constraints.map(canonicalConstraint)),
    match_type,
  };
}

function canonicalJson(value: Json): Block {
  if (Array.isArray(value)) return value.map(canonicalJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    sortedBy(Object.entries(value), ([key]) => key).map(([key, inner]) => [key, canonicalJson(inner)]),
  );
}
