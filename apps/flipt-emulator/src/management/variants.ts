import type { Message } from "../http/message.ts";
import { createVariant, deleteVariant, updateVariant, type VariantInput } from "../master/variants.ts";
import { assertAttachment } from "./attachment.ts";
import { type Definition, param } from "./definition.ts";
import { assertPresent, text } from "./fields.ts";

const message: Message = { key: "string", name: "string", description: "string", attachment: "string" };

function readVariant(body: Record<string, unknown>): VariantInput {
  const key = text(body, "key");
  assertPresent({ key });
  const attachment = text(body, "attachment");
  assertAttachment(attachment);
  return { key, name: text(body, "name"), description: text(body, "description"), attachment };
}

export const variantWrites: Definition[] = [
  {
    method: "POST",
    path: "/flags/:flagKey/variants",
    unprefixed: true,
    operation: "CreateVariant",
    message,
    change(request) {
      const flagKey = param(request, "flagKey");
      assertPresent({ flagKey });
      const variant = readVariant(request.body);
      return (write) => createVariant(write, request.namespaceKey, flagKey, variant);
    },
  },
  {
    method: "PUT",
    path: "/flags/:flagKey/variants/:id",
    unprefixed: true,
    operation: "UpdateVariant",
    message,
    change(request) {
      const [id, flagKey] = [param(request, "id"), param(request, "flagKey")];
      assertPresent({ id, flagKey });
      const variant = readVariant(request.body);
      return (write) => updateVariant(write, request.namespaceKey, flagKey, id, variant);
    },
  },
  {
    method: "DELETE",
    path: "/flags/:flagKey/variants/:id",
    unprefixed: true,
    operation: "DeleteVariant",
    change(request) {
      const [id, flagKey] = [param(request, "id"), param(request, "flagKey")];
      assertPresent({ id, flagKey });
      return (write) => deleteVariant(write, request.namespaceKey, flagKey, id);
    },
  },
];
