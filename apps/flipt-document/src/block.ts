import { formatNumber, quote } from "./quote.ts";

/** What the writer takes: JSON whose undefined fields are left out. */
export type Block = string | number | bigint | boolean | null | undefined | Block[] | { [key: string]: Block };

// Beyond 1024 characters a YAML key needs the explicit form.
const longKey = 128;

/** Block YAML in the layout of Flipt's own export: fields in the order given, lists not indented, no line folded. */
export function writeBlock(value: { [key: string]: Block }): string {
  const out: string[] = [];
  writeFields(value, "", "", out);
  return out.join("");
}

function writeFields(fields: { [key: string]: Block }, first: string, indent: string, out: string[]): void {
  let lead = first;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const name = quote(key);
    out.push(lead, name.length > longKey ? `? ${name}\n${indent}:` : `${name}:`);
    writeValue(value, indent, out);
    lead = indent;
  }
}

function writeItems(items: Block[], first: string, indent: string, out: string[]): void {
  for (const [index, item] of items.entries()) {
    out.push(index === 0 ? first : indent, "-");
    if (isFilled(item)) {
      const write = Array.isArray(item) ? writeItems : writeFields;
      write(item as never, " ", `${indent}  `, out);
    } else writeValue(item, indent, out);
  }
}

function writeValue(value: Block, indent: string, out: string[]): void {
  if (!isFilled(value)) out.push(" ", leaf(value), "\n");
  else if (Array.isArray(value)) {
    out.push("\n");
    writeItems(value, indent, indent, out);
  } else {
    out.push("\n");
    writeFields(value, `${indent}  `, `${indent}  `, out);
  }
}

const isFilled = (value: Block): value is Block[] | { [key: string]: Block } =>
  typeof value === "object" && value !== null && Object.values(value).some((entry) => entry !== undefined);

function leaf(value: Block): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number" || typeof value === "bigint") return formatNumber(value);
  if (Array.isArray(value)) return "[]";
  return typeof value === "object" && value !== null ? "{}" : String(value ?? null);
}
