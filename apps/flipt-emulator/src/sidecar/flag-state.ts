import { randomUUID } from "node:crypto";
import type {
  DocumentFlag,
  DocumentRollout,
  DocumentRule,
  DocumentVariant,
  Json,
  MergedFlag,
  Ranked,
  SegmentOperator,
} from "flipt-document";
import type { Choice } from "../evaluation/segment.ts";
import { float32 } from "../float32.ts";
import type { Distribution, Flag, FlagState, Rollout, Rule, Variant } from "../model.ts";
import { formatAttachment } from "./attachment.ts";

/** What every object of one load has in common. */
export interface Load {
  namespaceKey: string;
  /** RFC 3339. */
  time: string;
}

/** A flag as a sidecar serves it: its last definition evaluates, the rules and rollouts of all are listed (recorded). */
export function flagStateOf({ flag: document, listedRules, listedRollouts }: MergedFlag, load: Load): FlagState {
  const flag = flagOf(document, load);
  const allRules = listedRules.map((rule) => ruleOf(rule, flag, load));
  const allRollouts = listedRollouts.map((rollout) => rolloutOf(rollout, flag, load));
  const rules = lastOfEachRank(allRules, document.rules?.length);
  const rollouts = lastOfEachRank(allRollouts, document.rollouts?.length);
  return {
    flag,
    rules,
    rollouts,
    ...(allRules.length > rules.length && { listedRules: allRules }),
    ...(allRollouts.length > rollouts.length && { listedRollouts: allRollouts }),
  };
}

/** Of items by rank, and by definition where the rank is the same, those of the last definition. */
function lastOfEachRank<Item extends { rank: number }>(items: readonly Item[], count = 0): Item[] {
  const last = new Map(items.map((item) => [item.rank, item]));
  return [...last.values()].filter(({ rank }) => rank <= count);
}

function flagOf(document: DocumentFlag, { namespaceKey, time }: Load): Flag {
  const variants = (document.variants ?? []).map((variant) => variantOf(variant, { namespaceKey, time }));
  const last = (document.variants ?? []).findLastIndex((variant) => variant.default === true);
  const defaultVariant = variants[last];
  const metadata = Object.entries(document.metadata ?? {});
  return {
    key: document.key,
    name: document.name,
    description: document.description ?? "",
    enabled: document.enabled ?? false,
    createdAt: time,
    updatedAt: time,
    variants,
    namespaceKey,
    type: document.type ?? "VARIANT_FLAG_TYPE",
    ...(defaultVariant && { defaultVariant }),
    ...(document.metadata && {
      metadata: Object.fromEntries(metadata.map(([key, value]) => [key, metadataOf(value)])),
    }),
  };
}

/** Metadata holds 64 bit floats only. */
const metadataOf = (value: Json): Json => (typeof value === "bigint" ? Number(value) : value);

const variantOf = (document: DocumentVariant, { namespaceKey, time }: Load): Variant => ({
  id: randomUUID(),
  flagKey: "",
  key: document.key,
  name: document.name ?? "",
  description: document.description ?? "",
  createdAt: time,
  updatedAt: time,
  attachment: formatAttachment(document.attachment),
  namespaceKey,
});

function ruleOf(document: Ranked<DocumentRule>, flag: Flag, load: Load): Rule {
  const id = randomUUID();
  const { segment } = document;
  return {
    id,
    flagKey: flag.key,
    ...choiceOf(segment),
    distributions: (document.distributions ?? []).map(({ variant, rollout }): Distribution => {
      const variantId = flag.variants.find(({ key }) => key === variant)?.id ?? randomUUID();
      return {
        id: randomUUID(),
        ruleId: id,
        variantId,
        rollout: float32(rollout),
        createdAt: load.time,
        updatedAt: load.time,
      };
    }),
    rank: document.rank,
    createdAt: load.time,
    updatedAt: load.time,
    namespaceKey: load.namespaceKey,
  };
}

function rolloutOf(document: Ranked<DocumentRollout>, flag: Flag, { namespaceKey, time }: Load): Rollout {
  const { threshold, segment, rank } = document;
  const type = threshold ? "THRESHOLD_ROLLOUT_TYPE" : "SEGMENT_ROLLOUT_TYPE";
  const rollout = {
    id: randomUUID(),
    namespaceKey,
    flagKey: flag.key,
    type,
    rank,
    description: "",
    createdAt: time,
    updatedAt: time,
  } as const;
  if (threshold) {
    return { ...rollout, threshold: { percentage: float32(threshold.percentage), value: threshold.value ?? false } };
  }
  if (!segment) return rollout;
  const keys = segment.key === undefined ? (segment.keys ?? []) : [segment.key];
  return {
    ...rollout,
    segment: { ...keysOf(keys), value: segment.value ?? false, segmentOperator: operatorOf(segment) },
  };
}

/** A rule's list of keys stays a list, also with one key. */
function choiceOf(segment: DocumentRule["segment"]): Choice {
  if (typeof segment === "string") {
    return { segmentKey: segment, segmentKeys: [], segmentOperator: "OR_SEGMENT_OPERATOR" };
  }
  return { segmentKey: "", segmentKeys: segment.keys ?? [], segmentOperator: operatorOf(segment) };
}

/** A rollout's only key stands alone, several stand in the list. */
const keysOf = (keys: readonly string[] = []): { segmentKey: string; segmentKeys: readonly string[] } =>
  keys.length === 1 ? { segmentKey: keys[0] ?? "", segmentKeys: [] } : { segmentKey: "", segmentKeys: keys };

const operatorOf = ({ operator }: { operator?: SegmentOperator }): SegmentOperator => operator ?? "OR_SEGMENT_OPERATOR";
