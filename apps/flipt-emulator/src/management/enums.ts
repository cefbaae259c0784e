import type { Kind } from "../http/message.ts";

/** The enums of the API in the order of their numbers. */
export const flagType: Kind = { name: "flipt.FlagType", enum: ["VARIANT_FLAG_TYPE", "BOOLEAN_FLAG_TYPE"] };
export const matchType: Kind = { name: "flipt.MatchType", enum: ["ALL_MATCH_TYPE", "ANY_MATCH_TYPE"] };
export const segmentOperator: Kind = {
  name: "flipt.SegmentOperator",
  enum: ["OR_SEGMENT_OPERATOR", "AND_SEGMENT_OPERATOR"],
};
export const comparisonType: Kind = {
  name: "flipt.ComparisonType",
  enum: [
    "UNKNOWN_COMPARISON_TYPE",
    "STRING_COMPARISON_TYPE",
    "NUMBER_COMPARISON_TYPE",
    "BOOLEAN_COMPARISON_TYPE",
    "DATETIME_COMPARISON_TYPE",
    "ENTITY_ID_COMPARISON_TYPE",
  ],
};
