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
  if (typeof value !== "object") throw unreadable(`expected a mapping, got ${JSON.stringify(value)}`);
  const { include, exclude } = value as { include?: unknown; exclude?: unknown };
  const included = selectors(include, "include");
  const excluded = selectors(exclude, "exclude");
  return (name) => included.some((selects) => selects(name)) && !excluded.some((selects) => selects(name));
}

const unreadable = (reason: string): Error => new Error(`yaml: cannot read .flipt.yml: ${reason}`);

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`yaml: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

/** No patterns, no files: also `include` has no default (recorded). */
function selectors(patterns: unknown, field: string): Selects[] {
  if (patterns === undefined || patterns === null) return [];
  if (!Array.isArray(patterns)) throw unreadable(`"${field}" must be a list of patterns`);
  return patterns.map((pattern: string | object) => {
    if (typeof pattern === "object") throw unreadable(`"${field}" must be a list of patterns`);
    const expression = glob(`${pattern}`, field);
    return (name) => expression.test(name);
  });
}
