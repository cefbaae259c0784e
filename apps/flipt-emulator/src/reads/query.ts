import { invalid } from "../fault.ts";

/**
 * A 32 bit integer of the query; 0 where it is absent.
 *
 * @throws {Fault} 400 in the words of Go's parser, as recorded
 */
export function integerOf(query: URLSearchParams, name: string): number {
  const values = query.getAll(name);
  if (values.length > 1) throw invalid(`too many values for field "${name}": ${values.join(", ")}`);
  const [text] = values;
  if (text === undefined) return 0;
  const problem = (reason: string) =>
    invalid(`parsing field "${name}": strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}`);
  if (!/^[+-]?\d+$/.test(text)) throw problem("invalid syntax");
  const value = Number(text);
  if (value > 2147483647 || value < -2147483648) throw problem("value out of range");
  return value;
}

/**
 * A text of the query; `""` where it is absent.
 *
 * @throws {Fault} 400 when it is given more than once
 */
export function textOf(query: URLSearchParams, name: string): string {
  const values = query.getAll(name);
  if (values.length > 1) throw invalid(`too many values for field "${name}": ${values.join(", ")}`);
  return values[0] ?? "";
}
