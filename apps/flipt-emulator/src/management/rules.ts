import { invalid } from "../fault.ts";
import { createRule, deleteRule, orderRules, updateRule } from "../master/rules.ts";
import { type Definition, param } from "./definition.ts";
import { assertPresent, list, number } from "./fields.ts";
import { choiceFields, readChoice } from "./segment-choice.ts";

export const ruleWrites: Definition[] = [
  {
    method: "POST",
    path: "/flags/:flagKey/rules",
    unprefixed: true,
    operation: "CreateRule",
    message: { ...choiceFields, rank: "int32" },
    change(request) {
      const flagKey = param(request, "flagKey");
      assertPresent({ flagKey });
      const rule = { ...readChoice(request.body), rank: number(request.body, "rank") };
      if (rule.rank <= 0) throw invalid("invalid field rank: must be greater than 0");
      return (write) => createRule(write, request.namespaceKey, flagKey, rule);
    },
  },
  {
    method: "PUT",
    path: "/flags/:flagKey/rules/order",
    unprefixed: true,
    operation: "OrderRules",
    message: { ruleIds: { list: "string" } },
    change(request) {
      const flagKey = param(request, "flagKey");
      assertPresent({ flagKey });
      const ids = list(request.body, "ruleIds");
      if (ids.length < 2) throw invalid("invalid field ruleIds: must contain atleast 2 elements");
      return (write) => orderRules(write, request.namespaceKey, flagKey, ids);
    },
  },
  {
    method: "PUT",
    path: "/flags/:flagKey/rules/:id",
    unprefixed: true,
    operation: "UpdateRule",
    message: choiceFields,
    change(request) {
      const [id, flagKey] = [param(request, "id"), param(request, "flagKey")];
      assertPresent({ id, flagKey });
      const segments = readChoice(request.body);
      return (write) => updateRule(write, request.namespaceKey, flagKey, id, segments);
    },
  },
  {
    method: "DELETE",
    path: "/flags/:flagKey/rules/:id",
    unprefixed: true,
    operation: "DeleteRule",
    change(request) {
      const [id, flagKey] = [param(request, "id"), param(request, "flagKey")];
      assertPresent({ id, flagKey });
      return (write) => deleteRule(write, request.namespaceKey, flagKey, id);
    },
  },
];
