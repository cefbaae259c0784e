import type { ComparisonType } from "flipt-document";
import { parseMoment } from "../evaluation/datetime.ts";
import { invalid, quote } from "../fault.ts";
import type { ConstraintInput } from "../master/constraints.ts";
import { assertPresent } from "./fields.ts";

/** What the API takes, recorded from v1.61.1; its loader takes other operators. */
const comparisons: Record<ComparisonType, { name: string; operators: string }> = {
  STRING_COMPARISON_TYPE: {
    name: "string",
    operators: "eq neq empty notempty prefix suffix isoneof isnotoneof contains notcontains",
  },
  NUMBER_COMPARISON_TYPE: { name: "number", operators: "eq neq present notpresent lt lte gt gte isoneof isnotoneof" },
  BOOLEAN_COMPARISON_TYPE: { name: "boolean", operators: "true false present notpresent" },
  DATETIME_COMPARISON_TYPE: {
    name: "datetime",
    operators: "eq neq present notpresent lt lte gt gte isoneof isnotoneof",
  },
  ENTITY_ID_COMPARISON_TYPE: { name: "entityId", operators: "eq neq isoneof isnotoneof contains notcontains" },
};

/** Operators that look at no value. */
export const withoutValue: ReadonlySet<string> = new Set([
  "true",
  "false",
  "empty",
  "notempty",
  "present",
  "notpresent",
]);
const withList = new Set(["isoneof", "isnotoneof"]);
const maximumValues = 100;

/**
 * The constraint as it is stored: operator in lower case, no value where none is used, times in UTC.
 *
 * @throws {Fault} 400
 */
export function checkConstraint(constraint: ConstraintInput): ConstraintInput {
  const { type, property } = constraint;
  assertPresent({ property, operator: constraint.operator });
  const comparison = Object.hasOwn(comparisons, type) ? comparisons[type] : undefined;
  if (!comparison) throw invalid(`invalid constraint type: ${quote(String(type))}`);
  if (type === "ENTITY_ID_COMPARISON_TYPE" && property !== "entityId") {
    throw invalid(`property is ${property} instead of "entityId"`);
  }
  const operator = constraint.operator.toLowerCase();
  if (!comparison.operators.split(" ").includes(operator)) {
    throw invalid(`constraint operator ${quote(constraint.operator)} is not valid for type ${comparison.name}`);
  }
  if (constraint.value === "" && !withoutValue.has(operator)) assertPresent({ value: "" });
  const value = checkValue({ ...constraint, operator }, comparison.name);
  return { ...constraint, operator, value: withoutValue.has(operator) ? "" : value };
}

function checkValue({ type, property, operator, value }: ConstraintInput, typeName: string): string {
  if (type === "DATETIME_COMPARISON_TYPE") return value === "" ? "" : toUtc(value);
  if (withList.has(operator))
    checkList(property, typeName, value, type === "NUMBER_COMPARISON_TYPE" ? "number" : "string");
  return value;
}

/** `null` passes for the list and for its items, as in v1.61.1 (recorded). */
function checkList(property: string, typeName: string, value: string, itemType: "number" | "string"): void {
  const items = parse(value);
  const valid =
    items === null ||
    (Array.isArray(items) &&
      items.every((item) => item === null || (typeof item === itemType && item !== Number.POSITIVE_INFINITY)));
  if (!valid) throw invalid(`invalid value provided for property ${quote(property)} of type ${typeName}`);
  if (Array.isArray(items) && items.length > maximumValues) {
    throw invalid(
      `too many values provided for property ${quote(property)} of type ${typeName} (maximum ${maximumValues})`,
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A date stays as it is, a time becomes UTC with seconds. */
function toUtc(value: string): string {
  const moment = parseMoment(value);
  if (!moment) throw invalid(`parsing datetime from ${quote(value)}`);
  if (!value.includes("T")) return value;
  const date = new Date(moment.seconds * 1000);
  const year = date.getUTCFullYear();
  const digits = String(Math.abs(year)).padStart(4, "0");
  return `${year < 0 ? "-" : ""}${digits}${date.toISOString().slice(-20, -5)}Z`;
}
