import { invalid } from "../fault.ts";

const words: Record<string, boolean> = {};
for (const word of ["1", "t", "T", "true", "TRUE", "True"]) words[word] = true;
for (const word of ["0", "f", "F", "false", "FALSE", "False"]) words[word] = false;

/** @throws {Fault} 400 for a parameter given twice */
export function readText(query: URLSearchParams, field: string): string {
  const values = [...query].filter(([name]) => camelCase(name) === field).map(([, value]) => value);
  if (values.length > 1) throw invalid(`too many values for field "${field}": ${values.join(", ")}`);
  return values[0] ?? "";
}

/** @throws {Fault} 400 for what Go does not take for a boolean */
export function readTruth(query: URLSearchParams, field: string): boolean {
  const value = readText(query, field);
  if (value === "" && !query.has(field)) return false;
  const known = Object.hasOwn(words, value) ? words[value] : undefined;
  if (known === undefined) {
    throw invalid(`parsing field "${field}": strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return known;
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
