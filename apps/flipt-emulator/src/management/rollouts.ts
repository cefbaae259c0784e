import { invalid } from "../fault.ts";
import type { Message } from "../http/message.ts";
import { createRollout, deleteRollout, orderRollouts, type RolloutRule, updateRollout } from "../master/rollouts.ts";
import { type Definition, param } from "./definition.ts";
import { assertPresent, list, number, text, truth } from "./fields.ts";
import { choiceFields, readChoice } from "./segment-choice.ts";

const fields: Message = {
  description: "string",
  segment: { message: { ...choiceFields, value: "bool" } },
  threshold: { message: { percentage: "float", value: "bool" } },
};

/** With both kinds the threshold counts, as in v1.61.1 (recorded). */
function readRule(body: Record<string, unknown>): RolloutRule {
  const threshold = body.threshold as Record<string, unknown> | undefined;
  const segment = body.segment as Record<string, unknown> | undefined;
  if (!threshold) return segment ? { segment: { ...readChoice(segment), value: truth(segment, "value") } } : {};
  const percentage = number(threshold, "percentage");
  if (percentage < 0 || percentage > 100) {
    throw invalid("invalid field threshold.percentage: must be within range [0, 100]");
  }
  return { threshold: { percentage, value: truth(threshold, "value") } };
}

export const rolloutWrites: Definition[] = [
  {
    method: "POST",
    path: "/flags/:flagKey/rollouts",
    unprefixed: false,
    operation: "CreateRollout",
    message: { ...fields, rank: "int32" },
    change(request) {
      const { body, namespaceKey } = request;
      const flagKey = param(request, "flagKey");
      assertPresent({ flagKey });
      const rollout = { ...readRule(body), rank: number(body, "rank"), description: text(body, "description") };
      return (write) => createRollout(write, namespaceKey, flagKey, rollout);
    },
  },
  {
    method: "PUT",
    path: "/flags/:flagKey/rollouts/order",
    unprefixed: false,
    operation: "OrderRollouts",
    message: { rolloutIds: { list: "string" } },
    change(request) {
      const flagKey = param(request, "flagKey");
      assertPresent({ flagKey });
      const ids = list(request.body, "rolloutIds");
      if (ids.length < 2) throw invalid("invalid field rolloutIds: must contain atleast 2 elements");
      return (write) => orderRollouts(write, request.namespaceKey, flagKey, ids);
    },
  },
  {
    method: "PUT",
    path: "/flags/:flagKey/rollouts/:id",
    unprefixed: false,
    operation: "UpdateRollout",
    message: fields,
    change(request) {
      const { body, namespaceKey } = request;
      const [id, flagKey] = [param(request, "id"), param(request, "flagKey")];
      assertPresent({ id, flagKey });
      const update = { ...readRule(body), description: text(body, "description") };
      return (write) => updateRollout(write, namespaceKey, flagKey, id, update);
    },
  },
  {
    method: "DELETE",
    path: "/flags/:flagKey/rollouts/:id",
    unprefixed: false,
    operation: "DeleteRollout",
    change(request) {
      const [id, flagKey] = [param(request, "id"), param(request, "flagKey")];
      assertPresent({ id, flagKey });
      return (write) => deleteRollout(write, request.namespaceKey, flagKey, id);
    },
  },
];
