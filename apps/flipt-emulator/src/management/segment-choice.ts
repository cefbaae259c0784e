import { invalid } from "../fault.ts";
import type { Message } from "../http/message.ts";
import type { SegmentChoice } from "../master/segment-choice.ts";
import { segmentOperator } from "./enums.ts";
import { choice, list, text } from "./fields.ts";

export const choiceFields: Message = { segmentKey: "string", segmentKeys: { list: "string" }, segmentOperator };

/** @throws {Fault} 400 without segment, or with both forms */
export function readChoice(body: Record<string, unknown>): SegmentChoice {
  const segmentKey = text(body, "segmentKey");
  const segmentKeys = list(body, "segmentKeys");
  if (segmentKey === "" && segmentKeys.length === 0) {
    throw invalid("invalid field segmentKey or segmentKeys: must not be empty");
  }
  if (segmentKey !== "" && segmentKeys.length > 0) {
    throw invalid("invalid field segmentKey or segmentKeys: only one can be present");
  }
  return { segmentKey, segmentKeys, segmentOperator: choice(body, "segmentOperator", "OR_SEGMENT_OPERATOR") };
}
