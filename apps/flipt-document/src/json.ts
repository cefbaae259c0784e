import { parseDocument } from "yaml";
import type { Json } from "./document.ts";
import { byBytes } from "./order.ts";
import { wellFormed } from "./quote.ts";
import { exact, fits } from "./scalar.ts";

/**
 * Reads a JSON text (an attachment as the API gives it) and keeps 64-bit integers beyond 2^53 exactly, as bigint;
 * larger ones become the nearest number. Throws a SyntaxError for what is no JSON.
 */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  if (!/\d{16}/.test(text)) return value;
  return withExactIntegers(parseDocument(text, { schema: "json", intAsBigInt: true, uniqueKeys: false }).toJS());
}

function withExactIntegers(value: Json): Json {
  if (typeof value === "bigint") return fits(value) ? exact(value) : Number(value);
  if (Array.isArray(value)) return value.map(withExactIntegers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withExactIntegers(inner)]));
}

/** The text that a sidecar of v1.61.1 serves for an attachment: compact, keys sorted, `<`, `>` and `&` escaped. */
export function formatJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(formatJson).join(",")}]`;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return formatString(value);
  if (value === null || typeof value === "boolean") return String(value);
  const keys = Object.keys(value).sort(byBytes);
  return `{${keys.map((key) => `${formatString(key)}:${formatJson(value[key] ?? null)}`).join(",")}}`;
}

const formatString = (text: string): string =>
  JSON.stringify(wellFormed(text)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
