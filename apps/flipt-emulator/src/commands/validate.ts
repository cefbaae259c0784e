import { isAbsolute, join } from "node:path";
import { byName, readIndex } from "../sidecar/index-file.ts";
import { LoadError, loadFiles } from "../sidecar/load.ts";
import { localSource } from "../sidecar/local.ts";
import type { SourceFile } from "../sidecar/source.ts";
import { readArguments } from "./arguments.ts";

export interface Output {
  stdout: { write(text: string): unknown };
}

/**
 * Builds the state that a sidecar would build from a folder or from named files below it.
 *
 * @param directory the process's working directory
 * @returns the exit code: 0, or that of `--issue-exit-code` for what the schema refuses
 * @throws {Error} for everything else that is wrong
 */
export async function runValidate(args: string[], directory: string, { stdout }: Output): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  if (values["extra-schema"] !== "")
    throw new Error(`--extra-schema ${values["extra-schema"]}: schemas in CUE are not emulated`);
  const issueExitCode = exitCode(values["issue-exit-code"]);
  const root = isAbsolute(values["work-dir"]) ? values["work-dir"] : join(directory, values["work-dir"]);
  try {
    loadFiles(await readFiles(root, positionals), "");
    return 0;
  } catch (error) {
    if (!(error instanceof LoadError) || error.complaints[0]?.kind !== "schema") throw error;
    stdout.write(values.format === "json" ? asJson(error) : asText(error));
    return issueExitCode;
  }
}

const options = {
  "issue-exit-code": { type: "string", default: "1" },
  format: { type: "string", short: "F", default: "text" },
  "work-dir": { type: "string", short: "d", default: "." },
  "extra-schema": { type: "string", short: "e", default: "" },
} as const;

function exitCode(text: string): number {
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  const given = JSON.stringify(text);
  throw new Error(
    `invalid argument ${given} for "--issue-exit-code" flag: strconv.ParseInt: parsing ${given}: invalid syntax`,
  );
}

async function readFiles(root: string, names: readonly string[]): Promise<SourceFile[]> {
  const source = localSource(root);
  const index = await source.index();
  if (names.length > 0) {
    for (const name of names) checkName(name);
    return Promise.all(names.map(source.read));
  }
  const selects = index ? readIndex(index.text) : byName;
  const entries = await source.list();
  return Promise.all(entries.filter(({ name }) => selects(name)).map(({ name }) => source.read(name)));
}

/** Paths are those of Go's `fs.FS`: neither absolute nor dotted. */
function checkName(name: string): void {
  const valid = name === "." || name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!valid) throw new Error(`open ${name}: invalid argument`);
}

const asText = ({ complaints }: LoadError): string =>
  `Validation failed!\n${complaints
    .map(
      (complaint) =>
        `\n- Message  : ${messageOf(complaint)}\n  File     : ${complaint.file}\n  Line     : ${complaint.line ?? 0}\n`,
    )
    .join("")}`;

const asJson = ({ complaints }: LoadError): string =>
  `${JSON.stringify(
    complaints.map((complaint) => {
      return { message: messageOf(complaint), location: { file: complaint.file, line: complaint.line ?? 0 } };
    }),
  )}\n`;

const messageOf = ({ path, reason }: LoadError["complaints"][number]): string =>
  path === "" ? reason : `${path}: ${reason}`;
