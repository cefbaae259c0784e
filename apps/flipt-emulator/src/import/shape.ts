import { Typed } from "./documents.ts";

/**
 * What a value of a document is read as. `any` stays as it is, `record` is a mapping with free keys; `either` is a text or
 * else a mapping, which an error calls by this name.
 */
export type Shape =
  | "text"
  | "truth"
  | "number"
  | "rank"
  | "any"
  | "record"
  | readonly [Shape]
  | { readonly either: string; readonly fields: Fields }
  | Fields;

type Fields = { readonly [field: string]: Exclude<Shape, { either: string }> | { either: string; fields: Fields } };

/** The value that a shape gives: left out, a scalar is empty, a list has no items, a mapping is undefined. */
export type Read<S> = S extends "text"
  ? string
  : S extends "truth"
    ? boolean
    : S extends "number" | "rank"
      ? number
      : S extends "any"
        ? unknown
        : S extends "record"
          ? Record<string, unknown> | undefined
          : S extends readonly [infer Item]
            ? NonNullable<Read<Item>>[]
            : S extends { either: string; fields: infer Inner }
              ? string | Read<Inner>
              : { [Field in keyof S]: Read<S[Field]> } | undefined;

/**
 * Reads a document whole before any of it is used, as v1.61.1 does (recorded): a YAML scalar is a text as it is written, JSON
 * is strict about types and not about the case of names; unknown fields are passed over.
 *
 * @throws {Error} one line for the first value of another type
 */
export function readShape<const S extends Shape>(value: unknown, shape: S, format: "yaml" | "json"): Read<S> {
  return read(value, shape, "document", format === "json") as Read<S>;
}

function read(value: unknown, shape: Shape, path: string, json: boolean): unknown {
  const absent = value === null || value === undefined;
  if (typeof shape === "object") {
    if (Array.isArray(shape)) return absent ? [] : readList(value, shape[0], path, json);
    if ("either" in shape) return absent ? undefined : readEither(value, shape as never, path, json);
    return absent ? undefined : readFields(value, shape as Fields, path, json);
  }
  switch (shape) {
    case "text":
      return absent ? "" : readText(value, path, json);
    case "truth":
      return absent ? false : readTruth(value, path, json);
    case "number":
    case "rank":
      return absent ? 0 : readNumber(value, path, json, shape === "rank");
    case "record":
      return absent ? undefined : mapping(value, path, json);
    default:
      return value;
  }
}

function refuse(value: unknown, wanted: string, path: string, json: boolean): Error {
  const shown = value instanceof Typed ? value.text : Array.isArray(value) ? "a list" : undefined;
  const got = shown ?? (typeof value === "object" ? "a mapping" : JSON.stringify(value));
  const kind = json ? "json" : "yaml";
  return new Error(`unmarshalling document: ${kind}: ${path}: expected ${wanted}, got ${got}`);
}

function mapping(value: unknown, path: string, json: boolean): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Typed))
    return value as Record<string, unknown>;
  throw refuse(value, "a mapping", path, json);
}

function readFields(value: unknown, fields: Fields, path: string, json: boolean): Record<string, unknown> {
  const given = new Map(
    Object.entries(mapping(value, path, json)).map(([name, item]) => [json ? name.toLowerCase() : name, item]),
  );
  return Object.fromEntries(
    Object.entries(fields).map(([name, shape]) => [name, read(given.get(name), shape, `${path}.${name}`, json)]),
  );
}

/** Empty items are passed over. */
function readList(value: unknown, item: Shape, path: string, json: boolean): unknown[] {
  if (!Array.isArray(value)) throw refuse(value, "a list", path, json);
  const items = typeof item === "string" ? value : value.filter((each) => each !== null && each !== undefined);
  return items.map((each, index) => read(each, item, `${path}.${index}`, json));
}

function readEither(
  value: unknown,
  { either, fields }: { either: string; fields: Fields },
  path: string,
  json: boolean,
) {
  try {
    return isScalar(value) ? readText(value, path, json) : readFields(value, fields, path, json);
  } catch (error) {
    throw new Error(`unmarshalling document: failed to unmarshal to string or ${either}`, { cause: error });
  }
}

const isScalar = (value: unknown): boolean => typeof value !== "object" || value instanceof Typed;

function readText(value: unknown, path: string, json: boolean): string {
  if (typeof value === "string") return value;
  if (value instanceof Typed) return value.text;
  throw refuse(value, "a text", path, json);
}

/** YAML 1.1's words count where a boolean is expected, also in quotes; `true` and `false` do without them only. */
function readTruth(value: unknown, path: string, json: boolean): boolean {
  const scalar = value instanceof Typed ? value.value : value;
  if (typeof scalar === "boolean") return scalar;
  if (typeof scalar === "string" && !json) {
    if (/^(?:y|Y|yes|Yes|YES|on|On|ON)$/.test(scalar)) return true;
    if (/^(?:n|N|no|No|NO|off|Off|OFF)$/.test(scalar)) return false;
  }
  throw refuse(value, "a boolean", path, json);
}

function readNumber(value: unknown, path: string, json: boolean, rank: boolean): number {
  const scalar = value instanceof Typed ? value.value : value;
  const number = typeof scalar === "bigint" ? Number(scalar) : scalar;
  if (typeof number !== "number" || (rank && number < 0)) throw refuse(value, "a number", path, json);
  return rank ? Math.trunc(number) : number;
}
