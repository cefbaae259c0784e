import type { Json } from "flipt-document";

/** JSON text with sorted keys and `<`, `>`, `&` escaped, as Go writes a map; a bigint keeps all its digits. */
export function sortedJson(value: Json | bigint): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${members.map(([key, member]) => `${escaped(key)}:${sortedJson(member)}`).join(",")}}`;
  }
  if (Object.is(value, -0)) return "-0";
  return typeof value === "string" ? escaped(value) : JSON.stringify(value);
}

const escaped = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
