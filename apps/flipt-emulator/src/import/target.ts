import type { ConstraintInput } from "../master/constraints.ts";
import type { DistributionInput, RulePath } from "../master/distributions.ts";
import type { FlagInput } from "../master/flags.ts";
import type { NamespaceInput } from "../master/namespaces.ts";
import type { RolloutInput } from "../master/rollouts.ts";
import type { RuleInput } from "../master/rules.ts";
import type { SegmentInput } from "../master/segments.ts";
import type { VariantInput } from "../master/variants.ts";

type Soon<Value> = Value | Promise<Value>;

/** Where an import writes: a database, or an instance through its API. Each call may fail, and what came before stays. */
export interface Target {
  /** Removes every namespace and makes an empty `default`. */
  drop(): Soon<void>;
  hasNamespace(key: string): Soon<boolean>;
  createNamespace(namespace: NamespaceInput): Soon<unknown>;
  flagKeys(namespaceKey: string): Soon<Set<string>>;
  segmentKeys(namespaceKey: string): Soon<Set<string>>;
  createFlag(namespaceKey: string, flag: FlagInput): Soon<unknown>;
  createVariant(namespaceKey: string, flagKey: string, variant: VariantInput): Soon<{ id: string }>;
  setDefaultVariant(namespaceKey: string, flag: FlagInput, variantId: string): Soon<unknown>;
  createSegment(namespaceKey: string, segment: SegmentInput): Soon<unknown>;
  createConstraint(namespaceKey: string, segmentKey: string, constraint: ConstraintInput): Soon<unknown>;
  createRule(namespaceKey: string, flagKey: string, rule: RuleInput): Soon<{ id: string }>;
  createDistribution(path: RulePath, distribution: DistributionInput): Soon<unknown>;
  createRollout(namespaceKey: string, flagKey: string, rollout: RolloutInput): Soon<unknown>;
  /** Keeps what was written. */
  close(): Soon<void>;
}
