import { type Block, type Fields, isMap } from "./block.ts";
import { byNature } from "./keys.ts";
import { formatNumber } from "./number.ts";
import { isSimpleKey, scalar } from "./scalar.ts";

/** Block YAML in the original's layout (recorded): fields in the order given, lists not indented. */
export function writeYaml(document: Fields): string {
  const out: string[] = [];
  writeFields(document, 0, "", out);
  return out.join("");
}

const entriesOf = (value: Fields | ReadonlyMap<string, Block>): [string, Block][] =>
  isMap(value)
    ? [...value].sort(([left], [right]) => byNature(left, right))
    : Object.entries(value).filter(([, item]) => item !== undefined);

/** Whether it is written on lines of its own. */
function isFilled(value: Block): value is Block[] | Fields | ReadonlyMap<string, Block> {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : entriesOf(value).length > 0;
}

/** @param lead what stands before the first field on its line */
function writeFields(fields: Fields | ReadonlyMap<string, Block>, indent: number, lead: string, out: string[]): void {
  const pad = " ".repeat(indent);
  for (const [index, [key, value]] of entriesOf(fields).entries()) {
    out.push(index === 0 ? lead : pad);
    if (isSimpleKey(key)) {
      const name = scalar(key);
      out.push(name, ":");
      writeValue(value, indent, indent + name.length + 2, out);
    } else {
      out.push("? ", scalar(key, { column: indent + 2, indent: indent + 2 }), `\n${pad}:`);
      writeNested(value, indent, out);
    }
  }
}

function writeItems(items: Block[], indent: number, lead: string, out: string[]): void {
  for (const [index, item] of items.entries()) {
    out.push(index === 0 ? lead : " ".repeat(indent), "-");
    writeNested(item, indent, out);
  }
}

/** What stands on the line of an indicator: its first line follows that at once. */
function writeNested(value: Block, indent: number, out: string[]): void {
  if (!isFilled(value)) out.push(" ", leaf(value, indent, indent + 2), "\n");
  else if (Array.isArray(value)) writeItems(value, indent + 2, " ", out);
  else writeFields(value, indent + 2, " ", out);
}

function writeValue(value: Block, indent: number, column: number, out: string[]): void {
  if (!isFilled(value)) out.push(" ", leaf(value, indent, column), "\n");
  else if (Array.isArray(value)) {
    out.push("\n");
    writeItems(value, indent, " ".repeat(indent), out);
  } else {
    out.push("\n");
    writeFields(value, indent + 2, " ".repeat(indent + 2), out);
  }
}

function leaf(value: Block, indent: number, column: number): string {
  if (typeof value === "string") return scalar(value, { column, indent: indent + 2 });
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return "[]";
  return typeof value === "object" && value !== null ? "{}" : String(value ?? null);
}
