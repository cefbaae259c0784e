import type { SegmentOperator } from "flipt-document";
import { float32 } from "../float32.ts";
import type { SegmentChoice } from "../master/segment-choice.ts";
import { choice, type Fields, list, mapping, number, text, truth } from "./fields.ts";

const operators: readonly SegmentOperator[] = ["OR_SEGMENT_OPERATOR", "AND_SEGMENT_OPERATOR"];

const segmentChoice = (segmentKey: string, fields: Fields): SegmentChoice => ({
  segmentKey,
  segmentKeys: list(fields, "keys", "segment.").map((key) => text(key, "segment.keys")),
  segmentOperator: choice(fields.operator, operators, "OR_SEGMENT_OPERATOR"),
});

/** The segments of a rule: a key, or keys with an operator; nothing when they are left out. */
export const ruleSegments = (value: unknown): SegmentChoice | undefined => {
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? segmentChoice(value, {}) : segmentChoice("", mapping(value, "rule.segment"));
};

/** The segments of a rollout and the value they give. */
export const rolloutSegment = (fields: Fields) => ({
  ...segmentChoice(text(fields.key, "rollout.segment.key"), fields),
  value: truth(fields.value, "rollout.segment.value"),
});

/** The share of a rollout and the value it gives. */
export const rolloutThreshold = (fields: Fields) => ({
  percentage: float32(number(fields.percentage, "rollout.threshold.percentage")),
  value: truth(fields.value, "rollout.threshold.value"),
});
