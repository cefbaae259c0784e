import type { Json } from "flipt-document";
import { sortedJson } from "../master/sorted-json.ts";
import { Typed } from "./documents.ts";

/** A mapping of a document; unknown fields stay unread. */
export type Fields = Record<string, unknown>;

const described = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return value instanceof Typed ? value.text : typeof value;
};

/** @throws {Error} when something else than a mapping stands there; nothing counts as an empty one */
export function mapping(value: unknown, path: string): Fields {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value) || value instanceof Typed) {
    throw new Error(`unmarshalling document: yaml: ${path}: expected a mapping, got ${described(value)}`);
  }
  return value as Fields;
}

/** The mappings of a list; empty items are passed over. */
export function mappings(fields: Fields, name: string, path: string): Fields[] {
  return list(fields, name, path)
    .filter((item) => item !== null)
    .map((item, index) => mapping(item, `${path}${name}.${index}`));
}

/** @throws {Error} when something else than a list stands there; nothing counts as an empty one */
export function list(fields: Fields, name: string, path: string): unknown[] {
  const value = fields[name];
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    throw new Error(`unmarshalling document: yaml: ${path}${name}: expected a list, got ${described(value)}`);
  }
  return value;
}

/** A scalar as it is written. */
export function text(value: unknown, path: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Typed) return value.text;
  if (typeof value === "object") throw new Error(`unmarshalling document: yaml: ${path}: expected a string`);
  return `${value as number | bigint | boolean}`;
}

/** YAML 1.1's words, as v1.61.1 takes them where a boolean is expected. */
export function truth(value: unknown, path: string): boolean {
  const word = text(value, path);
  if (/^(?:y|yes|on|true)$/i.test(word)) return true;
  if (/^(?:n|no|off|false|)$/i.test(word)) return false;
  throw new Error(`unmarshalling document: yaml: ${path}: expected a boolean, got ${described(word)}`);
}

/** @throws {Error} for everything that is no number; nothing counts as 0 */
export function number(value: unknown, path: string): number {
  if (value === null || value === undefined) return 0;
  const read = value instanceof Typed ? Number(value.value) : value;
  if (typeof read !== "number" || value instanceof Date || Number.isNaN(read)) {
    throw new Error(`unmarshalling document: yaml: ${path}: expected a number, got ${described(value)}`);
  }
  return read;
}

/** A name of an enum, or its preset when it is unknown: an import does not check. */
export const choice = <Name extends string>(value: unknown, names: readonly Name[], preset: Name): Name =>
  names.find((name) => name === value) ?? preset;

/** The attachment as JSON text with sorted keys; `""` when left out. */
export const attachmentText = (value: unknown): string =>
  value === null || value === undefined ? "" : sortedJson(plain(value, "marshalling attachment: json"));

/** @throws {Error} for a time, which v1.61.1 refuses in metadata */
export function metadata(value: unknown, path: string): Record<string, Json> | undefined {
  if (value === null || value === undefined) return undefined;
  return JSON.parse(sortedJson(plain(mapping(value, path), undefined)));
}

/** Plain values; integers of up to 64 bits keep their digits. */
function plain(value: unknown, times: string | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => plain(item, times));
  if (!(value instanceof Typed)) {
    if (typeof value !== "object" || value === null) return value as Json;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, times)]));
  }
  const scalar = value.value;
  if (scalar instanceof Date) {
    if (times === undefined) throw new Error("proto: invalid type: time.Time");
    return scalar.toISOString().replace(/\.?0*Z$/, "Z");
  }
  if (typeof scalar === "bigint") {
    const kept = scalar === BigInt.asIntN(64, scalar) || scalar === BigInt.asUintN(64, scalar);
    return (kept ? scalar : Number(scalar)) as Json;
  }
  if (typeof scalar === "number" && !Number.isFinite(scalar)) {
    const name = Number.isNaN(scalar) ? "NaN" : scalar > 0 ? "+Inf" : "-Inf";
    throw new Error(`${times ?? "proto"}: unsupported value: ${name}`);
  }
  return scalar;
}
