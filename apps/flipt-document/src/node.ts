import { isAlias, isMap, isScalar, isSeq, Scalar, type YAMLMap, type Document as YamlDocument } from "yaml";
import { number, resolve, Timestamp, Unrepresentable } from "./scalar.ts";

/** YAML that parses and that Flipt's decoder refuses all the same. */
export class Refusal extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

type Source = YamlDocument.Parsed;

/** The value of a node. Throws a Refusal for a repeated key, an unknown alias or a tag that does not fit. */
export function readNode(node: unknown, source: Source): unknown {
  if (isScalar(node)) return readScalar(node);
  if (isMap(node)) return readMap(node, source);
  if (isSeq(node)) return node.items.map((item) => readNode(item, source));
  if (!isAlias(node)) return null;
  const target = node.resolve(source);
  if (!target) throw new Refusal(`unknown anchor '${node.source}' referenced`, node.range?.[0] ?? 0);
  return readNode(target, source);
}

function readMap(map: YAMLMap, source: Source): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const merged: Record<string, unknown> = {};
  for (const { key, value } of map.items) {
    const name = keyText(key, source);
    if (name === "<<" && isScalar(key) && key.type === Scalar.PLAIN) Object.assign(merged, mergedFields(value, source));
    else if (Object.hasOwn(fields, name)) {
      throw new Refusal(`mapping key "${name}" already defined`, isScalar(key) ? (key.range?.[0] ?? 0) : 0);
    } else define(fields, name, readNode(value, source));
  }
  for (const [name, value] of Object.entries(merged)) if (!Object.hasOwn(fields, name)) define(fields, name, value);
  return fields;
}

// An own property even for the key "__proto__".
function define(fields: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

function keyText(key: unknown, source: Source): string {
  if (isScalar(key)) return String(key.value);
  if (isAlias(key)) return keyText(key.resolve(source), source);
  throw new Refusal("invalid map key", isMap(key) || isSeq(key) ? (key.range?.[0] ?? 0) : 0);
}

function mergedFields(value: unknown, source: Source): Record<string, unknown> {
  const read = readNode(value, source);
  const parts = Array.isArray(read) ? [...read].reverse() : [read];
  return Object.assign({}, ...parts);
}

function readScalar(node: Scalar): unknown {
  const text = String(node.value ?? "");
  if (node.tag !== undefined) return tagged(node.tag, text, node);
  return node.type === Scalar.PLAIN ? resolve(text) : text;
}

function tagged(tag: string, text: string, node: Scalar): unknown {
  const refuse = () => new Refusal(`cannot decode "${text}" as ${tag}`, node.range?.[0] ?? 0);
  const value = resolve(text);
  switch (tag.replace(/^tag:yaml\.org,2002:/, "!!")) {
    case "!!str":
    case "!":
      return text;
    case "!!int": {
      const whole = number(text);
      if (whole === undefined || whole instanceof Unrepresentable) throw refuse();
      return whole;
    }
    case "!!float":
      return typeof value === "number" && !Number.isInteger(value) ? value : new Unrepresentable(text);
    case "!!bool":
      if (typeof value !== "boolean") throw refuse();
      return value;
    case "!!null":
      if (value !== null) throw refuse();
      return value;
    case "!!timestamp":
      if (!(value instanceof Timestamp)) throw refuse();
      return value;
    default:
      throw refuse();
  }
}
