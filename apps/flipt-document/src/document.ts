/** Flipt's declarative document, version 1.4, as v1.61.1 exports and loads it. */

export type FlagType = "VARIANT_FLAG_TYPE" | "BOOLEAN_FLAG_TYPE";
export type MatchType = "ALL_MATCH_TYPE" | "ANY_MATCH_TYPE";
export type SegmentOperator = "AND_SEGMENT_OPERATOR" | "OR_SEGMENT_OPERATOR";
export type ComparisonType =
  | "STRING_COMPARISON_TYPE"
  | "NUMBER_COMPARISON_TYPE"
  | "BOOLEAN_COMPARISON_TYPE"
  | "DATETIME_COMPARISON_TYPE"
  | "ENTITY_ID_COMPARISON_TYPE";

/** A JSON value; `bigint` for an integer beyond 2^53 that a 64-bit integer holds (as Flipt keeps it in attachments). */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

export interface DocumentNamespace {
  key: string;
  name?: string;
  description?: string;
}

export interface DocumentVariant {
  default?: boolean;
  key: string;
  name?: string;
  description?: string;
  attachment?: Json;
}

export interface DocumentDistribution {
  variant: string;
  rollout: number;
}

/** Several segments of a rule or rollout; one alone is written as its key. */
export interface SegmentChoice {
  keys: string[];
  operator?: SegmentOperator;
}

export interface DocumentRule {
  segment: string | SegmentChoice;
  /** Accepted and ignored by the loader. */
  rank?: number;
  distributions?: DocumentDistribution[];
}

export interface DocumentThreshold {
  percentage: number;
  value?: boolean;
}

export interface DocumentRolloutSegment {
  key?: string;
  keys?: string[];
  operator?: SegmentOperator;
  value?: boolean;
}

export interface DocumentRollout {
  description?: string;
  segment?: DocumentRolloutSegment;
  threshold?: DocumentThreshold;
}

export interface DocumentFlag {
  key: string;
  name: string;
  /** Variant when left out. */
  type?: FlagType;
  description?: string;
  enabled?: boolean;
  metadata?: Record<string, Json>;
  variants?: DocumentVariant[];
  /** In the order of their rank. */
  rules?: DocumentRule[];
  /** In the order of their rank. */
  rollouts?: DocumentRollout[];
}

export interface DocumentConstraint {
  /** Left out, it may be told by the operator; the constraint is then of no known type. */
  type?: ComparisonType;
  property: string;
  operator: string;
  value?: string;
  description?: string;
}

export interface DocumentSegment {
  key: string;
  name: string;
  description?: string;
  constraints?: DocumentConstraint[];
  match_type: MatchType;
}

export interface Document {
  /** Stands in the first document of a stream only. */
  version?: string;
  namespace?: string | DocumentNamespace;
  flags?: DocumentFlag[];
  segments?: DocumentSegment[];
}
