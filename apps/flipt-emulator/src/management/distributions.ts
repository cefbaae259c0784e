import { invalid } from "../fault.ts";
import type { Message } from "../http/message.ts";
import {
  createDistribution,
  type DistributionInput,
  deleteDistribution,
  type RulePath,
  updateDistribution,
} from "../master/distributions.ts";
import { type Definition, param, type WriteRequest } from "./definition.ts";
import { assertPresent, number, text } from "./fields.ts";

const message: Message = { variantId: "string", rollout: "float" };

const readPath = (request: WriteRequest): RulePath => ({
  namespaceKey: request.namespaceKey,
  flagKey: param(request, "flagKey"),
  ruleId: param(request, "ruleId"),
});

function readDistribution(body: Record<string, unknown>): DistributionInput {
  const distribution = { variantId: text(body, "variantId"), rollout: number(body, "rollout") };
  assertPresent({ variantId: distribution.variantId });
  if (distribution.rollout < 0) throw invalid("invalid field rollout: must be greater than or equal to '0'");
  if (distribution.rollout > 100) throw invalid("invalid field rollout: must be less than or equal to '100'");
  return distribution;
}

export const distributionWrites: Definition[] = [
  {
    method: "POST",
    path: "/flags/:flagKey/rules/:ruleId/distributions",
    unprefixed: true,
    operation: "CreateDistribution",
    message,
    change(request) {
      const path = readPath(request);
      assertPresent({ flagKey: path.flagKey, ruleId: path.ruleId });
      const distribution = readDistribution(request.body);
      return (write) => createDistribution(write, path, distribution);
    },
  },
  {
    method: "PUT",
    path: "/flags/:flagKey/rules/:ruleId/distributions/:id",
    unprefixed: true,
    operation: "UpdateDistribution",
    message,
    change(request) {
      const path = readPath(request);
      const id = param(request, "id");
      assertPresent({ id, flagKey: path.flagKey, ruleId: path.ruleId });
      const distribution = readDistribution(request.body);
      return (write) => updateDistribution(write, path, id, distribution);
    },
  },
  {
    method: "DELETE",
    path: "/flags/:flagKey/rules/:ruleId/distributions/:id",
    unprefixed: true,
    operation: "DeleteDistribution",
    query: { variant_id: "string" },
    change(request) {
      const path = readPath(request);
      const id = param(request, "id");
      const variantId = text(request.body, "variantId");
      assertPresent({ id, flagKey: path.flagKey, ruleId: path.ruleId, variantId });
      return (write) => deleteDistribution(write, path, id, variantId);
    },
  },
];
