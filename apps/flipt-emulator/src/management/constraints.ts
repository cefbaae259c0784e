import type { Message } from "../http/message.ts";
import { type ConstraintInput, createConstraint, deleteConstraint, updateConstraint } from "../master/constraints.ts";
import { checkConstraint } from "./comparison.ts";
import { type Definition, param } from "./definition.ts";
import { comparisonType } from "./enums.ts";
import { assertPresent, choice, text } from "./fields.ts";

const message: Message = {
  type: comparisonType,
  property: "string",
  operator: "string",
  value: "string",
  description: "string",
};

const readConstraint = (body: Record<string, unknown>): ConstraintInput =>
  checkConstraint({
    // the type that protobuf presets is not one of the five, and is refused by its name
    type: choice<string>(body, "type", "UNKNOWN_COMPARISON_TYPE") as ConstraintInput["type"],
    property: text(body, "property"),
    operator: text(body, "operator"),
    value: text(body, "value"),
    description: text(body, "description"),
  });

export const constraintWrites: Definition[] = [
  {
    method: "POST",
    path: "/segments/:segmentKey/constraints",
    unprefixed: true,
    operation: "CreateConstraint",
    message,
    change(request) {
      const segmentKey = param(request, "segmentKey");
      assertPresent({ segmentKey });
      const constraint = readConstraint(request.body);
      return (write) => createConstraint(write, request.namespaceKey, segmentKey, constraint);
    },
  },
  {
    method: "PUT",
    path: "/segments/:segmentKey/constraints/:id",
    unprefixed: true,
    operation: "UpdateConstraint",
    message,
    change(request) {
      const [id, segmentKey] = [param(request, "id"), param(request, "segmentKey")];
      assertPresent({ id, segmentKey });
      const constraint = readConstraint(request.body);
      return (write) => updateConstraint(write, request.namespaceKey, segmentKey, id, constraint);
    },
  },
  {
    method: "DELETE",
    path: "/segments/:segmentKey/constraints/:id",
    unprefixed: true,
    operation: "DeleteConstraint",
    change(request) {
      const [id, segmentKey] = [param(request, "id"), param(request, "segmentKey")];
      assertPresent({ id, segmentKey });
      return (write) => deleteConstraint(write, request.namespaceKey, segmentKey, id);
    },
  },
];
