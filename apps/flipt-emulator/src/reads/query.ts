import { invalid, quote } from "../fault.ts";

/** The values of a field that a query may name in snake_case or in camelCase. */
function valuesOf(query: URLSearchParams, field: string): string[] {
  const camel = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return camel === field ? query.getAll(field) : [...query.getAll(camel), ...query.getAll(field)];
}

/**
 * A text of the query; `""` where it is absent.
 *
 * @param field in snake_case
 * @throws {Fault} 400 when it is given more than once
 */
export function textOf(query: URLSearchParams, field: string): string {
  const values = valuesOf(query, field);
  if (values.length > 1) throw invalid(`too many values for field "${field}": ${values.join(", ")}`);
  return values[0] ?? "";
}

/**
 * A 32 bit integer of the query; 0 where it is absent.
 *
 * @param field in snake_case
 * @throws {Fault} 400 in the words of Go's parser, as recorded
 */
export function integerOf(query: URLSearchParams, field: string): number {
  const text = textOf(query, field);
  if (valuesOf(query, field).length === 0) return 0;
  const problem = (reason: string) =>
    invalid(`parsing field "${field}": strconv.ParseInt: parsing ${quote(text)}: ${reason}`);
  if (!/^[+-]?\d+$/.test(text)) throw problem("invalid syntax");
  const value = Number(text);
  if (value > 2147483647 || value < -2147483648) throw problem("value out of range");
  return value;
}
