import type { ComparisonType, FlagType, Json, MatchType, SegmentOperator } from "flipt-document";

/** The objects of the management API, with the field names and order of its answers. Times are RFC 3339, UTC. */

export interface Namespace {
  key: string;
  name: string;
  description: string;
  protected: boolean;
  createdAt: string;
  updatedAt: string;
}

/** What a variant's attachment was sent as; a symbol, so that no answer shows it. */
export const sent = Symbol("attachment as sent");

export interface Variant {
  [sent]?: string;
  id: string;
  /** Empty on a sidecar. */
  flagKey: string;
  key: string;
  name: string;
  description: string;
  createdAt: string;
  updatedAt: string;
  /** Compact JSON text; `""` without attachment. */
  attachment: string;
  namespaceKey: string;
}

export interface Flag {
  key: string;
  name: string;
  description: string;
  enabled: boolean;
  createdAt: string;
  updatedAt: string;
  variants: readonly Variant[];
  namespaceKey: string;
  type: FlagType;
  defaultVariant?: Variant;
  metadata?: Record<string, Json>;
}

export interface Constraint {
  id: string;
  segmentKey: string;
  type: ComparisonType | "UNKNOWN_COMPARISON_TYPE";
  property: string;
  operator: string;
  value: string;
  createdAt: string;
  updatedAt: string;
  namespaceKey: string;
  description: string;
}

export interface Segment {
  key: string;
  name: string;
  description: string;
  createdAt: string;
  updatedAt: string;
  constraints: readonly Constraint[];
  matchType: MatchType;
  namespaceKey: string;
}

export interface Distribution {
  id: string;
  ruleId: string;
  variantId: string;
  rollout: number;
  createdAt: string;
  updatedAt: string;
}

export interface Rule {
  id: string;
  flagKey: string;
  /** The only segment, else `""`. */
  segmentKey: string;
  distributions: readonly Distribution[];
  rank: number;
  createdAt: string;
  updatedAt: string;
  namespaceKey: string;
  /** Two or more segments, else empty. */
  segmentKeys: readonly string[];
  segmentOperator: SegmentOperator;
}

interface RolloutSegment {
  segmentKey: string;
  value: boolean;
  segmentKeys: readonly string[];
  segmentOperator: SegmentOperator;
}

interface RolloutThreshold {
  percentage: number;
  value: boolean;
}

export interface Rollout {
  id: string;
  namespaceKey: string;
  flagKey: string;
  type: "SEGMENT_ROLLOUT_TYPE" | "THRESHOLD_ROLLOUT_TYPE";
  rank: number;
  description: string;
  createdAt: string;
  updatedAt: string;
  segment?: RolloutSegment;
  threshold?: RolloutThreshold;
}

/** A flag with all that decides its evaluation. */
export interface FlagState {
  readonly flag: Flag;
  /** By rank. */
  readonly rules: readonly Rule[];
  /**
   * What the list of rules shows where it is other than `rules`: a sidecar's flag that was defined several times, a
   * master's rules whose segments are gone or whose ranks are equal.
   */
  readonly listedRules?: readonly Rule[];
  /** By rank. */
  readonly rollouts: readonly Rollout[];
  /** As `listedRules`. */
  readonly listedRollouts?: readonly Rollout[];
}

/** One namespace at one moment; never changed, only replaced. */
export interface NamespaceState {
  readonly namespace: Namespace;
  /** Master: in the order of creation. Sidecar: by key. */
  readonly flags: ReadonlyMap<string, FlagState>;
  readonly segments: ReadonlyMap<string, Segment>;
  /** What the snapshot ETag is the SHA-1 of; without one no ETag is sent. */
  readonly version: string | undefined;
}

/** All namespaces at one moment: a request takes one view and asks nothing else. */
export interface View {
  namespaces(): readonly Namespace[];
  state(namespaceKey: string): NamespaceState | undefined;
}

/** Where answers come from: a database (master) or the last good load of a declarative source (sidecar). */
export interface Store {
  readonly role: "master" | "sidecar";
  readonly storage: "database" | "local" | "object";
  view(): View;
}
