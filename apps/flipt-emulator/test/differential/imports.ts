import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { run } from "../../../../testing/process.ts";
import { command } from "../command.ts";
import { damaged } from "./verdict.ts";

/** A document to import, and the name of its file. */
export interface Imported {
  name: string;
  text: string;
}

const versions = ["1.0", "1.1", "1.2", "1.3", "1.4", "1", "1.5", "v1.4", "1.4.0", "1.04", "2", ""];
const breaks = ["\u0085", "\u2028", "\u2029", "\u0000", "\u0001", "\u007f"];

/** Documents of any version as YAML and as JSON, some behind a comment, some with other line breaks in a name. */
export const imported: fc.Arbitrary<Imported> = fc
  .record({
    text: damaged,
    version: fc.constantFrom(...versions),
    name: fc.constantFrom("in.yml", "in.json"),
    head: fc.constantFrom("", "# exported\n", "# two\n# lines\n"),
    more: fc.constantFrom("", '{"namespace":"zoo","flags":[{"key":"lion","name":"L"}]}'),
    mark: fc.oneof({ weight: 2, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constantFrom(...breaks) }),
  })
  .map(({ text, version, name, head, more, mark }) => {
    const json = name.endsWith(".json");
    const raw =
      json && mark < " "
        ? JSON.stringify(mark).slice(1, -1)
        : mark < " "
          ? `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`
          : mark;
    const document = text
      .replace('"version":"1.4"', `"version":${JSON.stringify(version)}`)
      .replace('"name":"v0"', `"name":"v${mark === "" ? "" : raw}0"`);
    return { name, text: `${head}${document}${more === "" ? "" : json ? more : `---\n${more}`}` };
  });

/** How an import ends, and what is in the database then: of a Flipt and of the emulator. */
export async function importBoth({ name, text }: Imported, program: string): Promise<[string, string]> {
  const directory = await mkdtemp(join(tmpdir(), "flipt-import-"));
  await writeFile(join(directory, name), text);
  await writeFile(join(directory, "config.yml"), 'version: "1.0"\n');
  const outcome = async (
    who: string,
    call: (args: string[], url: string) => Promise<{ code: number | null; stdout: string }>,
  ) => {
    const url = `file:${join(directory, `${who}.db`)}`;
    const { code } = await call(["import", name, "--config", "config.yml"], url);
    const { stdout } = await call(["export", "--all-namespaces", "--sort-by-key", "--config", "config.yml"], url);
    // at some documents the original panics, which refuses them too
    return `${code === 0 ? "imported" : "refused"}\n${stdout}`;
  };
  const outcomes = await Promise.all([
    outcome("flipt", (args, FLIPT_DB_URL) =>
      run(program, { args, cwd: directory, env: { HOME: directory, FLIPT_DB_URL } }),
    ),
    outcome("emulator", (args, FLIPT_DB_URL) => {
      const absolute = args.map((word) => (word === name ? join(directory, name) : word));
      return command(absolute, { directory, env: { FLIPT_DB_URL } });
    }),
  ]);
  await rm(directory, { recursive: true });
  return outcomes;
}
