import { Twofold, Unrepresentable } from "./scalar.ts";

/** Receives what is wrong, and where below the value that a shape was given. */
type Complain = (path: string, reason: string) => void;
/** Says what is wrong with a value; its words follow Flipt v1.61.1 where one sentence does. */
export type Shape = (value: unknown, path: string, complain: Complain) => void;

const kind = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof Twofold) return "string";
  if (typeof value === "bigint" || value instanceof Unrepresentable) return "int";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "struct";
};

/** A value as one line of a complaint shows it. */
export function show(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (value instanceof Twofold || value instanceof Unrepresentable) return value.text;
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "nothing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

const mismatch = (value: unknown, wanted: string): string =>
  `conflicting values ${show(value)} and ${wanted} (mismatched types ${kind(value)} and ${wanted})`;

/** Any string, or one that matches. */
export const text =
  (pattern?: RegExp, shown = pattern?.source): Shape =>
  (value, path, complain) => {
    const string = value instanceof Twofold ? value.text : value;
    if (typeof string !== "string") complain(path, mismatch(value, "string"));
    else if (pattern && !pattern.test(string))
      complain(path, `invalid value ${show(value)} (out of bound =~"${shown}")`);
  };

export const boolean: Shape = (value, path, complain) => {
  if (typeof value !== "boolean") complain(path, mismatch(value, "bool"));
};

/** A finite number, between bounds where given. */
export const amount =
  (least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): Shape =>
  (value, path, complain) => {
    if (value instanceof Unrepresentable || (typeof value === "number" && !Number.isFinite(value)))
      complain(path, `parse error: illegal number start "${show(value)}"`);
    else if (typeof value !== "number" && typeof value !== "bigint") complain(path, mismatch(value, "number"));
    else if (value < least) complain(path, `invalid value ${value} (out of bound >=${least})`);
    else if (value > most) complain(path, `invalid value ${value} (out of bound <=${most})`);
  };

/** A whole number that is not negative. */
export const count: Shape = (value, path, complain) => {
  if (kind(value) !== "int") complain(path, mismatch(value, "int"));
  else if (value instanceof Unrepresentable || Number(value) < 0)
    complain(path, `cannot unmarshal ${show(value)} into uint`);
};

/** One of the words given, or null where `empty`. */
export const word =
  (words: readonly string[], empty = false): Shape =>
  (value, path, complain) => {
    if (typeof value === "string" ? words.includes(value) : empty && value === null) return;
    complain(path, `conflicting values ${show(value)} and ${words.map((choice) => `"${choice}"`).join(" | ")}`);
  };

export const list =
  (item: Shape): Shape =>
  (value, path, complain) => {
    if (!Array.isArray(value)) complain(path, mismatch(value, "list"));
    else
      for (const [index, entry] of value.entries())
        item(entry, path === "" ? `${index}` : `${path}.${index}`, complain);
  };

/** A mapping with free keys. */
export const record =
  (entry: Shape): Shape =>
  (value, path, complain) => {
    if (!isStruct(value)) complain(path, mismatch(value, "struct"));
    else
      for (const [key, inner] of Object.entries(value))
        if (inner !== undefined) entry(inner, below(path, key), complain);
  };

/** A mapping with these fields only; `required` ones must be there. An undefined field counts as absent. */
export const struct =
  (fields: Record<string, Shape>, required: readonly string[] = []): Shape =>
  (value, path, complain) => {
    if (!isStruct(value)) return complain(path, mismatch(value, "struct"));
    for (const key of required) if (value[key] === undefined) complain(below(path, key), "incomplete value");
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field) field(inner, below(path, key), complain);
      else complain(below(path, key), "field not allowed");
    }
  };

export const isStruct = (value: unknown): value is Record<string, unknown> =>
  kind(value) === "struct" && value !== undefined;
const below = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);
