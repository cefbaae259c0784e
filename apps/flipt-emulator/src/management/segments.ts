import type { Message } from "../http/message.ts";
import { createSegment, deleteSegment, type SegmentInput, updateSegment } from "../master/segments.ts";
import { type Definition, param } from "./definition.ts";
import { matchType } from "./enums.ts";
import { assertKey, assertPresent, choice, text } from "./fields.ts";

const fields: Message = { name: "string", description: "string", matchType };

const readSegment = (key: string, body: Record<string, unknown>): SegmentInput => ({
  key,
  name: text(body, "name"),
  description: text(body, "description"),
  matchType: choice(body, "matchType", "ALL_MATCH_TYPE"),
});

export const segmentWrites: Definition[] = [
  {
    method: "POST",
    path: "/segments",
    unprefixed: true,
    operation: "CreateSegment",
    message: { key: "string", ...fields },
    change({ namespaceKey, body }) {
      const segment = readSegment(text(body, "key"), body);
      assertKey(segment.key);
      assertPresent({ name: segment.name });
      return (write) => createSegment(write, namespaceKey, segment);
    },
  },
  {
    method: "PUT",
    path: "/segments/:key",
    unprefixed: true,
    operation: "UpdateSegment",
    message: fields,
    change(request) {
      const segment = readSegment(param(request, "key"), request.body);
      assertPresent({ key: segment.key, name: segment.name });
      return (write) => updateSegment(write, request.namespaceKey, segment);
    },
  },
  {
    method: "DELETE",
    path: "/segments/:key",
    unprefixed: true,
    operation: "DeleteSegment",
    change(request) {
      const key = param(request, "key");
      assertPresent({ key });
      return (write) => deleteSegment(write, request.namespaceKey, key);
    },
  },
];
