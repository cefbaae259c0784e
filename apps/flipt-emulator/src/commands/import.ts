import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { openApiTarget } from "../import/api-target.ts";
import { openDatabaseTarget } from "../import/database-target.ts";
import { readJson, readYaml } from "../import/documents.ts";
import { doing, importDocuments } from "../import/importer.ts";

export interface Streams {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

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
 * @returns the exit code; an error is one line `Error: …` on standard error
 */
export async function runImport(args: string[], config: { databaseUrl: string }, io: Streams): Promise<number> {
  try {
    await importInto(args, config.databaseUrl, io.stdin);
    return 0;
  } catch (error) {
    io.stderr.write(`Error: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

async function importInto(args: string[], databaseUrl: string, stdin: NodeJS.ReadableStream): Promise<void> {
  const { values, positionals } = parse(args);
  const file = positionals[0] ?? "";
  if (!values.stdin && file === "") throw new Error("import filename required");
  const input = values.stdin ? await readStream(stdin) : await readInput(file);
  const documents = !values.stdin && file.endsWith(".json") ? readJson(input) : readYaml(input);
  const target =
    values.address === undefined ? openDatabaseTarget(databaseUrl) : openApiTarget(values.address, values.token);
  try {
    if (values.drop) await doing("dropping namespaces", () => target.drop());
    await importDocuments(documents, target, values["skip-existing"] ?? false);
  } finally {
    await target.close();
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const unknown = error instanceof Error ? /^Unknown option '(-[^']*)'/.exec(error.message)?.[1] : undefined;
    if (unknown) throw new Error(`unknown flag: ${unknown}`, { cause: error });
    throw error;
  }
}

async function readInput(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "no such file or directory" : message;
    throw new Error(`opening import file: open ${file}: ${reason}`, { cause: error });
  }
}
