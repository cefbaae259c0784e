import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { openApiOrigin } from "../export/api-origin.ts";
import type { Fields } from "../export/block.ts";
import { openDatabaseOrigin } from "../export/database-origin.ts";
import { exportDocument } from "../export/document.ts";
import { writeJson } from "../export/json.ts";
import type { Origin } from "../export/origin.ts";
import { writeYaml } from "../export/yaml.ts";
import { doing } from "../import/importer.ts";
import type { Namespace } from "../model.ts";
import { byBytes } from "../order.ts";
import { version } from "../version.ts";
import { readArguments } from "./arguments.ts";

interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

const options = {
  output: { type: "string", short: "o" },
  address: { type: "string", short: "a" },
  token: { type: "string", short: "t" },
  namespaces: { type: "string" },
  namespace: { type: "string", short: "n" },
  "all-namespaces": { type: "boolean" },
  "sort-by-key": { type: "boolean" },
  config: { type: "string" },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>["values"];

/**
 * `export --output FILE --address URL --token TOKEN --namespaces A,B --all-namespaces --sort-by-key`: writes a database
 * or, with an address, a running instance as documents; each namespace when it is read, so that an error may come late.
 *
 * @param databaseOf the database's URL, by the configuration file that is named
 * @param directory the process's working directory
 * @throws {Error} one line
 */
export async function runExport(
  args: string[],
  databaseOf: (config: string | undefined) => string,
  directory: string,
  io: Streams,
): Promise<number> {
  const { values } = readArguments(args, options);
  if (values.namespace !== undefined)
    io.stderr.write("Flag --namespace has been deprecated, please use namespaces instead\n");
  checkExclusive(values);
  const { address, token, output, config } = values;
  const origin = address === undefined ? openDatabaseOrigin(databaseOf(config)) : openApiOrigin(address, token);
  try {
    const write = output === undefined ? io.stdout.write.bind(io.stdout) : await openFile(output, directory);
    for await (const text of documents(origin, values)) await write(text);
    return 0;
  } finally {
    origin.close();
  }
}

const exclusive = ["all-namespaces", "namespaces", "namespace"] as const;

function checkExclusive(values: Values): void {
  const given = exclusive.filter((name) => values[name] !== undefined);
  if (given.length < 2) return;
  const rule = `if any flags in the group [${exclusive.join(" ")}] are set none of the others can be`;
  throw new Error(`${rule}; [${[...given].sort().join(" ")}] were all set`);
}

/** Empties a file, heads it as v1.61.1 does, whatever its format, and returns what appends to it. */
async function openFile(name: string, directory: string): Promise<(text: string) => Promise<void>> {
  const path = resolve(directory, name);
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  await writeFile(path, `# exported by Flipt (${version}) on ${time}\n\n`).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "no such file or directory" : error.message;
    throw new Error(`creating output file: open ${name}: ${reason}`, { cause: error });
  });
  return (text) => writeFile(path, text, { flag: "a" });
}

async function* documents(origin: Origin, values: Values): AsyncGenerator<string> {
  const json = extname(values.output ?? "") === ".json";
  const sorted = values["sort-by-key"] ?? false;
  const namespaces = await doing("getting namespaces", () => chosen(origin, values));
  for (const [index, namespace] of namespaces.entries()) {
    const first = index === 0;
    const content = await origin.content(namespace.key);
    const document: Fields = exportDocument(namespace, content, { version: first ? "1.4" : undefined, sorted });
    yield json ? writeJson(document) : `${first ? "" : "---\n"}${writeYaml(document)}`;
  }
}

async function chosen(origin: Origin, values: Values): Promise<readonly Namespace[]> {
  if (values["all-namespaces"]) {
    const all = await origin.namespaces();
    return values["sort-by-key"] ? [...all].sort((left, right) => byBytes(left.key, right.key)) : all;
  }
  const found: Namespace[] = [];
  for (const key of (values.namespaces ?? values.namespace ?? "default").split(","))
    found.push(await origin.namespace(key || "default"));
  return found;
}
