import { invalid } from "../fault.ts";
import type { Constraint } from "../model.ts";
import { parseBoolean } from "./boolean-text.ts";
import { compareMoments, parseMoment } from "./datetime.ts";
import { parseFloat64 } from "./number.ts";
import { trim } from "./trim.ts";

/** Whether a context's value (`""` where it has none) meets a constraint. */
export type Test = (value: string) => boolean;

const never: Test = () => false;

/**
 * A constraint's test, its operand parsed once. An operator that v1.61.1 does not know, `le` among them, and an operand
 * that cannot be read never match. The test of an unknown type throws a Fault.
 */
export function compile({ type, operator, value }: Constraint): Test {
  switch (type) {
    case "STRING_COMPARISON_TYPE":
    case "ENTITY_ID_COMPARISON_TYPE":
      return textTest(operator, value);
    case "NUMBER_COMPARISON_TYPE":
      return presenceTest(operator) ?? numberTest(operator, value);
    case "BOOLEAN_COMPARISON_TYPE":
      return presenceTest(operator) ?? booleanTest(operator);
    case "DATETIME_COMPARISON_TYPE":
      return presenceTest(operator) ?? momentTest(operator, value);
    default:
      return () => {
        throw invalid("unknown constraint type");
      };
  }
}

function presenceTest(operator: string): Test | undefined {
  if (operator === "present") return (value) => trim(value) !== "";
  if (operator === "notpresent") return (value) => trim(value) === "";
  return undefined;
}

function textTest(operator: string, operand: string): Test {
  if (operator === "empty") return (value) => trim(value) === "";
  if (operator === "notempty") return (value) => trim(value) !== "";
  const test = filledTextTest(operator, operand);
  return (value) => value !== "" && test(value);
}

function filledTextTest(operator: string, operand: string): Test {
  switch (operator) {
    case "eq":
      return (value) => value === operand;
    case "neq":
      return (value) => value !== operand;
    case "prefix":
      return (value) => trim(value).startsWith(operand);
    case "suffix":
      return (value) => trim(value).endsWith(operand);
    case "contains":
      return (value) => value.includes(operand);
    case "notcontains":
      return (value) => !value.includes(operand);
    case "isoneof":
    case "isnotoneof":
      return listTest(operator, list(operand, "string", ""));
    default:
      return never;
  }
}

function numberTest(operator: string, operand: string): Test {
  if (operator === "isoneof" || operator === "isnotoneof") {
    const test = listTest(operator, list(operand, "number", 0));
    return withParsed(parseFloat64, test);
  }
  const wanted = parseFloat64(operand);
  if (wanted === undefined) return never;
  const compare = comparison(operator);
  return compare ? withParsed(parseFloat64, (value) => compare(value, wanted)) : never;
}

function momentTest(operator: string, operand: string): Test {
  const wanted = parseMoment(operand);
  const compare = comparison(operator);
  if (wanted === undefined || compare === undefined) return never;
  return withParsed(parseMoment, (value) => compare(compareMoments(value, wanted), 0));
}

function booleanTest(operator: string): Test {
  if (operator !== "true" && operator !== "false") return never;
  return withParsed(parseBoolean, (value) => value === (operator === "true"));
}

function withParsed<T>(parse: (text: string) => T | undefined, test: (value: T) => boolean): Test {
  return (text) => {
    const value = parse(text);
    return value !== undefined && test(value);
  };
}

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  eq: (left, right) => left === right,
  neq: (left, right) => left !== right,
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
};

const comparison = (operator: string) => (Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined);

function listTest<T>(operator: "isoneof" | "isnotoneof", wanted: ReadonlySet<T> | undefined): (value: T) => boolean {
  if (wanted === undefined) return () => false;
  // a set finds NaN, Go's comparison does not
  const has = (value: T): boolean => !Number.isNaN(value) && wanted.has(value);
  return operator === "isoneof" ? has : (value) => !has(value);
}

/** An operand's JSON list; an item `null` is the zero value, any other item of a wrong type spoils the list. */
function list<T>(operand: string, type: "string" | "number", zero: T): ReadonlySet<T> | undefined {
  const items = parseJson(operand);
  if (items === null) return new Set();
  if (!Array.isArray(items)) return undefined;
  const values = items.map((item) => (item === null ? zero : item));
  // beyond the range of a 64 bit float is no number
  const fits = (value: unknown): boolean => typeof value === type && value !== Infinity && value !== -Infinity;
  return values.every(fits) ? new Set(values) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // a list that is not JSON matches nothing
    return undefined;
  }
}
