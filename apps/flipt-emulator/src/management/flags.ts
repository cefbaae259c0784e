import type { Json } from "flipt-document";
import type { Message } from "../http/message.ts";
import { createFlag, deleteFlag, updateFlag } from "../master/flags.ts";
import { type Definition, param } from "./definition.ts";
import { flagType } from "./enums.ts";
import { assertKey, assertPresent, choice, text, truth } from "./fields.ts";

const fields: Message = { name: "string", description: "string", enabled: "bool", metadata: "struct" };

const readFields = (body: Record<string, unknown>) => ({
  name: text(body, "name"),
  description: text(body, "description"),
  enabled: truth(body, "enabled"),
  metadata: body.metadata as Record<string, Json> | undefined,
});

export const flagWrites: Definition[] = [
  {
    method: "POST",
    path: "/flags",
    unprefixed: true,
    operation: "CreateFlag",
    message: { key: "string", type: flagType, ...fields },
    change({ namespaceKey, body }) {
      const type = choice(body, "type", "VARIANT_FLAG_TYPE");
      const flag = { key: text(body, "key"), type, ...readFields(body) };
      assertKey(flag.key);
      assertPresent({ name: flag.name });
      return (write) => createFlag(write, namespaceKey, flag);
    },
  },
  {
    method: "PUT",
    path: "/flags/:key",
    unprefixed: true,
    operation: "UpdateFlag",
    message: { ...fields, defaultVariantId: "string" },
    change(request) {
      const { namespaceKey, body } = request;
      const key = param(request, "key");
      const update = { ...readFields(body), defaultVariantId: text(body, "defaultVariantId") };
      assertPresent({ key, name: update.name });
      return (write) => updateFlag(write, namespaceKey, key, update);
    },
  },
  {
    method: "DELETE",
    path: "/flags/:key",
    unprefixed: true,
    operation: "DeleteFlag",
    change(request) {
      const key = param(request, "key");
      assertPresent({ key });
      return (write) => deleteFlag(write, request.namespaceKey, key);
    },
  },
];
