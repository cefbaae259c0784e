import { isAlias, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap, type Document as YamlDocument } from "yaml";
import { Misspelt, resolve, Twofold, Unrepresentable } from "./scalar.ts";

/** YAML that parses and that Flipt's decoder refuses all the same. */
export class Refusal extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Mappings with a key that is no string (`1`, `true`, `null`): Flipt takes them in metadata, not in attachments. */
export const oddlyKeyed = new WeakSet<object>();

/** How many characters a key may have. */
const longKey = 1024;

/** How many nodes aliases may stand for in one document. */
const aliasedNodes = 400_000;

/** Reads the values of one document. */
export class NodeReader {
  readonly #source: YamlDocument.Parsed;
  readonly #text: string;
  readonly #hasEscapes: boolean;
  readonly #open = new Set<Node>();
  #aliased = 0;

  constructor(source: YamlDocument.Parsed, text: string) {
    this.#source = source;
    this.#text = text;
    this.#hasEscapes = /\\(?:\/|u[dD][89a-fA-F])/.test(text);
  }

  /** The value of a node. Throws a Refusal for a repeated key, an unknown alias or a tag that does not fit. */
  read(node: unknown): unknown {
    if (this.#open.size > 0 && ++this.#aliased > aliasedNodes) {
      throw new Refusal("document contains excessive aliasing", startOf(node));
    }
    if (isScalar(node)) return this.#scalar(node);
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item));
    if (!isAlias(node)) return null;
    const target = node.resolve(this.#source);
    if (!target) throw new Refusal(`unknown anchor '${node.source}' referenced`, startOf(node));
    if (this.#open.has(target)) throw new Refusal(`anchor '${node.source}' value contains itself`, startOf(node));
    this.#open.add(target);
    const value = this.read(target);
    this.#open.delete(target);
    return value;
  }

  #map(map: YAMLMap): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    let merged: Record<string, unknown> | undefined;
    for (const { key, value } of map.items) {
      const name = this.#key(key);
      if (name.length > longKey / 2) this.#refuseLongKey(key);
      const merges = name === "<<" && isScalar(key) && key.type === Scalar.PLAIN;
      if (merges ? merged : Object.hasOwn(fields, name)) {
        throw new Refusal(`mapping key "${name}" already defined`, startOf(key));
      }
      if (merges) merged = this.#merged(value);
      else define(fields, name, this.read(value));
      if (!merges && isOdd(key)) oddlyKeyed.add(fields);
    }
    for (const [name, value] of Object.entries(merged ?? {})) {
      if (!Object.hasOwn(fields, name)) define(fields, name, value);
    }
    return fields;
  }

  #key(key: unknown): string {
    if (isAlias(key)) return this.#key(key.resolve(this.#source));
    if (!isScalar(key)) throw new Refusal("invalid map key", startOf(key));
    const value = key.type === Scalar.PLAIN ? resolve(textOf(key)) : undefined;
    if (value instanceof Misspelt) throw new Refusal(value.reason, startOf(key));
    if (key.type === Scalar.PLAIN && textOf(key).startsWith("-") && isNumber(value)) {
      throw new Refusal(`invalid label ${textOf(key)}`, startOf(key));
    }
    return textOf(key);
  }

  // From its start to the colon a key is short, unless it stands behind a question mark.
  #refuseLongKey(key: unknown): void {
    const start = startOf(key);
    if (/\?\s*$/.test(this.#text.slice(Math.max(0, start - longKey), start))) return;
    const end = isScalar(key) ? (key.range?.[1] ?? start) : start;
    const blanks = /^\s*/.exec(this.#text.slice(end))?.[0] ?? "";
    if ([...this.#text.slice(start, end), ...blanks].length > longKey) {
      throw new Refusal("did not find expected ',' or '}'", start);
    }
  }

  #merged(value: unknown): Record<string, unknown> {
    const read = this.read(value);
    const parts: unknown[] = Array.isArray(read) ? [...read].reverse() : [read];
    if (!parts.every((part) => typeof part === "object" && part !== null && !Array.isArray(part))) {
      throw new Refusal("map merge requires map or sequence of maps as the value", startOf(value));
    }
    return Object.assign({}, ...parts);
  }

  #scalar(node: Scalar): unknown {
    const text = textOf(node);
    if (this.#hasEscapes && node.type === Scalar.QUOTE_DOUBLE) this.#refuseEscapes(node);
    if (node.tag !== undefined && node.tag !== "!") return tagged(node.tag, text, node);
    if (node.type !== Scalar.PLAIN) return text;
    if (text === "<<") throw new Refusal('cannot unmarshal tag "!!merge"', startOf(node));
    return spelt(resolve(text), node);
  }

  // JSON knows these two, Flipt's YAML does not.
  #refuseEscapes(node: Scalar): void {
    const [start = 0, end = 0] = node.range ?? [];
    for (const [sequence] of this.#text.slice(start, end).matchAll(/\\(?:u[dD][89a-fA-F]|[\s\S])/g)) {
      if (sequence === "\\/") throw new Refusal("found unknown escape character", start);
      if (sequence.length > 2) throw new Refusal("found invalid Unicode character escape code", start);
    }
  }
}

// The text that was written; only for some tags the parser has resolved it, to a number or a date.
const textOf = ({ value }: Scalar): string => `${(value ?? "") as string | number}`;
const isNumber = (value: unknown): boolean =>
  typeof value === "number" ||
  typeof value === "bigint" ||
  (value instanceof Unrepresentable && /\D$/.test(value.text));
const isOdd = (key: unknown): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && key.tag === undefined && typeof resolve(textOf(key)) !== "string";
const startOf = (node: unknown): number =>
  isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;

// An own property even for the key "__proto__".
function define(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else fields[name] = value;
}

function spelt(value: unknown, node: Scalar): unknown {
  if (value instanceof Misspelt) throw new Refusal(value.reason, startOf(node));
  return value;
}

const core = "tag:yaml.org,2002:";

function tagged(tag: string, text: string, node: Scalar): unknown {
  const name = tag.startsWith(core) ? tag.slice(core.length) : tag;
  if (name === "str") return text;
  const value = spelt(resolve(text), node);
  if (name === "float")
    return typeof value === "number" && !Number.isInteger(value) ? value : new Unrepresentable(text);
  const accepted =
    (name === "int" && (typeof value === "bigint" || Number.isInteger(value))) ||
    (name === "bool" && typeof value === "boolean") ||
    (name === "null" && value === null) ||
    (name === "timestamp" && value instanceof Twofold);
  if (!accepted) throw new Refusal(`cannot decode "${text}" as !!${name}`, startOf(node));
  return value;
}
