import { parseBoolean } from "../evaluation/boolean-text.ts";
import { invalid, quote } from "../fault.ts";

/** Fields that a query fills: names in snake_case to kinds. */
export type Query = { readonly [field: string]: "string" | "bool" | "int32" };

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Decodes a query as v1.61.1 does (recorded): names in snake_case or camelCase; unknown ones are ignored, and those of the
 * path's parameters.
 *
 * @returns only the fields that are present, named in camelCase
 * @throws {Fault} 400 for a field given twice, a number or a truth value that Go cannot read
 */
export function decodeQuery(
  fields: Query,
  query: URLSearchParams,
  params: Record<string, string> = {},
): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const [field, kind] of Object.entries(fields)) {
    const name = camelCase(field);
    if (params[name] !== undefined) continue;
    const given = [query.getAll(name), query.getAll(field)];
    const many = given.find(({ length }) => length > 1);
    if (many) throw invalid(`too many values for field "${field}": ${many.join(", ")}`);
    const [value] = given.flat();
    if (value !== undefined) decoded[name] = kind === "string" ? value : read(field, kind, value);
  }
  return decoded;
}

function read(field: string, kind: "bool" | "int32", text: string): boolean | number {
  const refuse = (parser: string, reason: string): Error =>
    invalid(`parsing field "${field}": strconv.${parser}: parsing ${quote(text)}: ${reason}`);
  if (kind === "bool") {
    const value = parseBoolean(text);
    if (value === undefined) throw refuse("ParseBool", "invalid syntax");
    return value;
  }
  if (!/^[+-]?\d+$/.test(text)) throw refuse("ParseInt", "invalid syntax");
  const value = Number(text);
  if (value > 2147483647 || value < -2147483648) throw refuse("ParseInt", "value out of range");
  return value;
}
