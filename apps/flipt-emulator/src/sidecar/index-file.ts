import { parse } from "yaml";
import { glob } from "./glob.ts";

/** Which of the names of a source are documents. */
export type Selects = (name: string) => boolean;

/** Without an index file: every name, in any folder, that ends so. */
export const byName: Selects = (name) => name.endsWith("features.yml") || name.endsWith("features.yaml");

/**
 * Reads a `.flipt.yml`.
 *
 * @throws {Error} for one that v1.61.1 refuses; an empty one is `EOF` there
 */
export function readIndex(text: string): Selects {
  const value: unknown = parseYaml(text);
  if (value === null || value === undefined) throw new Error("EOF");
  if (typeof value !== "object")
    throw new Error(`yaml: cannot read .flipt.yml: expected a mapping, got ${JSON.stringify(value)}`);
  const { include, exclude } = value as { include?: unknown; exclude?: unknown };
  const included = include === undefined ? [byName] : selectors(include, "include");
  const excluded = selectors(exclude ?? [], "exclude");
  return (name) => included.some((selects) => selects(name)) && !excluded.some((selects) => selects(name));
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`yaml: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

function selectors(patterns: unknown, field: string): Selects[] {
  if (!Array.isArray(patterns) || !patterns.every((item) => typeof item === "string")) {
    throw new Error(`yaml: cannot read .flipt.yml: "${field}" must be a list of patterns`);
  }
  return patterns.map(glob).map((pattern) => (name) => pattern.test(name));
}
