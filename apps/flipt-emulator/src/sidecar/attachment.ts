import type { Json } from "flipt-document";
import { byBytes } from "../order.ts";

const escapes = /[<>&\u2028\u2029]/g;
const toEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** An attachment as Go's encoder writes it: keys sorted, `<`, `>`, `&` and line separators escaped; `null` for none. */
export function formatAttachment(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value).replace(escapes, toEscape);
  if (typeof value !== "object") return typeof value === "bigint" ? `${value}` : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(formatAttachment).join(",")}]`;
  const fields = Object.entries(value).sort(([left], [right]) => byBytes(left, right));
  return `{${fields.map(([key, item]) => `${formatAttachment(key)}:${formatAttachment(item)}`).join(",")}}`;
}
