import type { Document, DocumentFlag } from "./document.ts";
import { Twofold } from "./scalar.ts";

/**
 * What the loader makes of a document of the right shape: dates become text (RFC 3339 in attachments, as written
 * elsewhere), a null operator is none, and missing keys of a rule are an empty list.
 */
export function settle(document: Document): Document {
  const settled = withText(document, ({ text }) => text) as Document;
  for (const flag of settled.flags ?? []) settleSegments(flag);
  return settled;
}

function settleSegments(flag: DocumentFlag): void {
  for (const { segment } of flag.rules ?? []) {
    if (typeof segment === "string") continue;
    segment.keys ??= [];
    if (segment.operator === null) delete segment.operator;
  }
  for (const { segment } of flag.rollouts ?? []) if (segment?.operator === null) delete segment.operator;
}

function withText(value: unknown, write: (scalar: Twofold) => string | number): unknown {
  if (value instanceof Twofold) return write(value);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) if (typeof item === "object") value[index] = withText(item, write);
  } else if (typeof value === "object" && value !== null) {
    const fields = value as Record<string, unknown>;
    for (const [key, inner] of Object.entries(fields)) {
      if (typeof inner !== "object" || inner === null) continue;
      const inside = key === "attachment" || key === "metadata" ? ({ value }: Twofold) => value : write;
      const text = withText(inner, inside);
      if (text !== inner) fields[key] = text;
    }
  }
  return value;
}
