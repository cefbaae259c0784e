import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as readStream } from "node:stream/consumers";
import { openApiTarget } from "../import/api-target.ts";
import { openDatabaseTarget } from "../import/database-target.ts";
import { readDocuments } from "../import/documents.ts";
import { doing, importDocuments } from "../import/importer.ts";
import { readArguments } from "./arguments.ts";

const options = {
  stdin: { type: "boolean" },
  drop: { type: "boolean" },
  "skip-existing": { type: "boolean" },
  address: { type: "string", short: "a" },
  token: { type: "string", short: "t" },
  config: { type: "string" },
} as const;

/**
 * `import [FILE] --stdin --drop --skip-existing --address URL --token TOKEN`: reads documents into the database or, with
 * an address, through the API of a running instance. Not transactional: on an error what came before stays.
 *
 * @param databaseOf the database's URL, by the configuration file that is named
 * @param directory the process's working directory
 * @throws {Error} one line
 */
export async function runImport(
  args: string[],
  databaseOf: (config: string | undefined) => string,
  directory: string,
  { stdin }: { stdin: NodeJS.ReadableStream },
): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const file = positionals[0] ?? "";
  if (!values.stdin && file === "") throw new Error("import filename required");
  const input = values.stdin ? await readStream(stdin) : await readInput(file, directory);
  const documents = readDocuments(input, values.stdin ? "" : file);
  const { address, token, config } = values;
  const target = address === undefined ? openDatabaseTarget(databaseOf(config)) : openApiTarget(address, token);
  try {
    if (values.drop) await doing("dropping namespaces", () => target.drop());
    await importDocuments(documents, target, values["skip-existing"] ?? false);
    return 0;
  } finally {
    await target.close();
  }
}

async function readInput(file: string, directory: string): Promise<string> {
  try {
    return await readFile(resolve(directory, file), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "no such file or directory" : message;
    throw new Error(`opening import file: open ${file}: ${reason}`, { cause: error });
  }
}
