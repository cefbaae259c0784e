/** Where texts and lists may differ from what is recorded. */
export interface Rules {
  ignore?: readonly string[];
  unordered?: readonly string[];
}

const patterns: Readonly<Record<string, string>> = {
  uuid: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  timestamp: "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z",
  number: "-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?",
  sha1: "[0-9a-f]{40}",
  any: "[^]*",
};

/** Lists whose order is random in the original. */
const free = new Set(["segmentKeys", "segments", "keys"]);

type Path = readonly (string | number)[];

/** What differs between a recorded and an observed value, one line each. */
export function compare(expected: unknown, actual: unknown, rules: Rules = {}, path: Path = []): string[] {
  if (selected(rules.ignore, path)) return [];
  if (typeof expected === "string" && /<\w+>/.test(expected)) {
    return template(expected).test(String(actual)) ? [] : [differs(path, expected, actual)];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) return compareLists(expected, actual, rules, path);
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) => compare(expected[key], actual[key], rules, [...path, key]));
  }
  return Object.is(expected, actual) ? [] : [differs(path, expected, actual)];
}

function compareLists(expected: unknown[], actual: unknown[], rules: Rules, path: Path): string[] {
  if (expected.length !== actual.length) {
    return [`${pointer(path)}: expected ${expected.length} items, got ${actual.length}`];
  }
  if (!free.has(String(path.at(-1))) && !selected(rules.unordered, path)) {
    return expected.flatMap((item, index) => compare(item, actual[index], rules, [...path, index]));
  }
  const left = [...expected];
  const strangers = actual.filter((item, index) => {
    const partner = left.findIndex((candidate) => compare(candidate, item, rules, [...path, index]).length === 0);
    if (partner >= 0) left.splice(partner, 1);
    return partner < 0;
  });
  return strangers.map((item) => `${pointer(path)}: no place for ${JSON.stringify(item)}`);
}

/** A text with placeholders such as `<uuid>` as an expression for the whole text. */
export const template = (text: string): RegExp => {
  const source = text
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/<(\w+)>/g, (all, name: string) => patterns[name] ?? all);
  return new RegExp(`^${source}$`);
};

const selected = (pointers: readonly string[] | undefined, path: Path): boolean =>
  pointers?.some((text) => {
    const parts = text.split("/").slice(1);
    return parts.length === path.length && parts.every((part, index) => part === "*" || part === String(path[index]));
  }) ?? false;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const pointer = (path: Path): string => `/${path.join("/")}`;
const differs = (path: Path, expected: unknown, actual: unknown): string =>
  `${pointer(path)}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
