import { invalid } from "../fault.ts";
import { float32 } from "../float32.ts";
import type { Kind, Message } from "./message.ts";
import { scanNumeral, scanValue } from "./scan.ts";

const mismatch = (): Error => invalid("invalid values for key(s) in json body");
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Decodes a request body as v1.61.1 does (recorded): names in camelCase or snake_case, unknown fields ignored,
 * `null` and a missing body count as absent, what follows the first JSON value is ignored.
 *
 * @returns only the fields that are present, named in camelCase
 * @throws {Fault} 400 for a syntax error, a value of the wrong kind, an unknown enum name
 */
export function decode(message: Message, text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  const value = firstValue(text);
  return value === null ? {} : decodeMessage(message, value);
}

function firstValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse neither stops behind the first value nor words its errors as Go does
    const bytes = Buffer.from(text);
    return JSON.parse(bytes.subarray(0, scanValue(bytes)).toString());
  }
}

function decodeMessage(message: Message, value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw mismatch();
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const field = Object.hasOwn(message, name) ? name : camelCase(name);
    const kind = Object.hasOwn(message, field) ? message[field] : undefined;
    const item = value[name];
    // given in both ways, the camelCase name counts
    if (kind === undefined || item === null || (name !== field && Object.hasOwn(value, field))) continue;
    fields[field] = kind === "string" ? decodeString(item) : decodeKind(kind, item);
  }
  return fields;
}

const camelCase = (name: string): string =>
  name.includes("_") ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name;

function decodeKind(kind: Kind, value: unknown): unknown {
  if (typeof kind === "object") {
    if ("enum" in kind) return decodeEnum(kind, value);
    if ("message" in kind) return decodeMessage(kind.message, value ?? {});
    return decodeList(kind.list, value);
  }
  switch (kind) {
    case "string":
      return decodeString(value);
    case "bool":
      if (typeof value !== "boolean") throw mismatch();
      return value;
    case "int32":
      return decodeInteger(value);
    case "float":
      return decodeFloat(value);
    case "struct":
      if (!isObject(value)) throw noStruct(value);
      return value;
    case "strings":
      return decodeStrings(value);
  }
}

/** The words in which the original's struct decoder refuses what is no object; recorded. */
function noStruct(value: unknown): Error {
  const names: Record<string, string> = { boolean: "bool" };
  const kind = Array.isArray(value) ? "array" : (names[typeof value] ?? typeof value);
  return invalid(`bad StructValue: json: cannot unmarshal ${kind} into Go value of type map[string]json.RawMessage`);
}

function decodeString(value: unknown): string {
  if (typeof value !== "string") throw mismatch();
  return value.toWellFormed();
}

function decodeStrings(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw mismatch();
  // in its own place, which no key can disturb: an own `__proto__` stays one
  for (const key of Object.keys(value)) {
    const text = decodeString(value[key] ?? "");
    if (text !== value[key]) Object.defineProperty(value, key, { value: text });
  }
  return value;
}

function decodeFloat(value: unknown): number {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  const number = typeof value === "string" ? numeral(value) : value;
  if (typeof number !== "number" || !Number.isFinite(Math.fround(number))) throw mismatch();
  return float32(number);
}

const number = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/** A number in quotes; `null` there counts as absent. */
function numeral(quoted: string, pattern = number): number {
  const text = scanNumeral(quoted);
  if (text === "null") return 0;
  return pattern.test(text) ? Number(text) : Number.NaN;
}

/** Of a number itself only the value is known: `1.0` passes, which v1.61.1 refuses. */
function decodeInteger(value: unknown): number {
  const integer = typeof value === "string" ? numeral(value, /^-?\d+$/) : value;
  if (!Number.isInteger(integer) || Number(integer) > 2147483647 || Number(integer) < -2147483648) throw mismatch();
  return Number(integer);
}

/** A number without a name stays a number. */
function decodeEnum({ enum: names, name }: { enum: readonly string[]; name: string }, value: unknown): string | number {
  if (typeof value === "string") {
    if (names.includes(value)) return value;
    throw invalid(`unknown value ${JSON.stringify(JSON.stringify(value))} for enum ${name}`);
  }
  const number = decodeInteger(value);
  return names[number] ?? number;
}

function decodeList(kind: Kind, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw mismatch();
  return value.map((item) => (item === null && kind === "string" ? "" : decodeKind(kind, item)));
}
