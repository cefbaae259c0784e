import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { run } from "../../../../testing/process.ts";
import { command } from "../command.ts";
import { evaluable } from "./arbitrary.ts";

type Tree = unknown;
type Path = (string | number)[];

const odd: Tree[] = [
  ...[null, "", "x", "a b", "a\nb", "lt", "le", "1.5", 0, -1, 101, 1.5, 1e30, true, "true", [], ["a"], [[]], {}],
  ...[{ a: 1 }, { a: { b: 1 } }, "s0", "AND_SEGMENT_OPERATOR", "BOOLEAN_FLAG_TYPE", "ENTITY_ID_COMPARISON_TYPE"],
];
const strangers = ["colour", "description", "metadata", "rank", "value", "key", "keys", "version", "default"];

/** A document as JSON, which is YAML too, with up to two places that are changed, left out or added. */
export const damaged: fc.Arbitrary<string> = fc
  .tuple(
    evaluable("default"),
    fc.array(
      fc.record({
        place: fc.nat(),
        act: fc.constantFrom("set", "remove", "add"),
        value: fc.constantFrom(...odd),
        name: fc.constantFrom(...strangers),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([document, acts]) => {
    const tree = JSON.parse(JSON.stringify({ version: "1.4", ...document })) as Tree;
    for (const { place, act, value, name } of acts) {
      const paths = pathsOf(tree);
      const path = paths[place % paths.length] ?? [];
      const parent = at(tree, path.slice(0, -1)) as Record<string | number, Tree>;
      const last = path.at(-1) ?? "";
      const target = at(tree, path);
      if (act === "add" && isMapping(target)) target[name] = value;
      else if (act !== "remove") parent[last] = value;
      else if (Array.isArray(parent)) parent.splice(Number(last), 1);
      else delete parent[last];
    }
    return `${JSON.stringify(tree)}\n`;
  });

const isMapping = (value: Tree): value is Record<string, Tree> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const at = (tree: Tree, path: Path): Tree =>
  path.reduce<Tree>((value, step) => (value as Record<string | number, Tree>)[step], tree);

/** All places but the root. */
function pathsOf(tree: Tree, path: Path = []): Path[] {
  if (typeof tree !== "object" || tree === null) return [];
  const steps: (string | number)[] = Array.isArray(tree) ? [...tree.keys()] : Object.keys(tree);
  return steps.flatMap((step) => [[...path, step], ...pathsOf(at(tree, [step]), [...path, step])]);
}

/** What a loader makes of a document. */
export interface Verdict {
  code: number | null;
  /** Whether the schema refused it, or something behind the schema. */
  by: "nobody" | "schema" | "loader";
  text: string;
}

const verdict = (code: number | null, stdout: string, stderr: string): Verdict => {
  const by = code === 0 ? "nobody" : stdout.includes("Validation failed!") ? "schema" : "loader";
  return { code, by, text: (stdout + stderr).trim() };
};

/** The verdicts of a Flipt and of the emulator. */
export async function judge(text: string, program: string): Promise<[Verdict, Verdict]> {
  const directory = await mkdtemp(join(tmpdir(), "flipt-verdict-"));
  await writeFile(join(directory, "features.yml"), text);
  const env = { HOME: directory };
  const [theirs, ours] = await Promise.all([
    run(program, { args: ["validate"], cwd: directory, env }),
    command(["validate"], { directory, env }),
  ]);
  await rm(directory, { recursive: true });
  return [verdict(theirs.code, theirs.stdout, theirs.stderr), verdict(ours.code, ours.stdout, ours.stderr)];
}
