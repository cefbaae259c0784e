import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Fault } from "../../fault.ts";

const execute = promisify(execFile);

/** A program and its description for people. */
interface Chosen {
  command: string[];
  description: string;
}

export interface ChosenFlipt extends Chosen {
  kind: "flipt" | "emulator";
}

const ours = (app: string): string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../../../${app}/bin.js`, import.meta.url)),
];

export const exporter = ours("exporter");
export const evaluationClient = ours("evaluation-client");

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const onPath = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);

/** @throws {Fault} when the named path is not an executable file */
function insist(path: string, from: string): string {
  if (!isProgram(path)) throw new Fault(3, `${from} is no program: "${path}"; give the path of an executable file`);
  return resolve(path);
}

/** Reads the version from `flipt --version`; undefined when the program is not Flipt. */
async function fliptVersion(program: string): Promise<string | undefined> {
  const { stdout } = await execute(program, ["--version"], { timeout: 10_000 }).catch(() => ({ stdout: "" }));
  return stdout.match(/^Version:\s*(\S+)/m)?.[1];
}

const isV2 = (version: string): boolean => /^v?2\./.test(version);

/**
 * Chooses the Flipt to run: `--flipt`, else `FLIPT_BIN`, else a v1 `flipt` on PATH, else the emulator.
 *
 * @param choice the value of `--flipt`: `emulator` or a path
 * @throws {Fault} when a named program is not Flipt v1
 */
export async function chooseFlipt(choice: string | undefined, env: NodeJS.ProcessEnv): Promise<ChosenFlipt> {
  const emulator: ChosenFlipt = {
    kind: "emulator",
    command: ours("flipt-emulator"),
    description: "flipt-emulator, which stands in for Flipt v1.61.1",
  };
  if (choice === "emulator") return emulator;
  const [named, from] = choice ? [choice, "--flipt"] : [env.FLIPT_BIN, "FLIPT_BIN"];
  if (named) {
    const program = insist(named, from);
    const version = await fliptVersion(program);
    if (!version) throw new Fault(3, `${from} is no Flipt: "${program} --version" names no version`);
    if (isV2(version))
      throw new Fault(3, `${from} is Flipt ${version}: this lab needs v1 (v2 has no object storage and no export)`);
    return { kind: "flipt", command: [program], description: `Flipt ${version} (${program})` };
  }
  const found = onPath("flipt", env.PATH ?? "");
  const version = found && (await fliptVersion(found));
  return found && version && !isV2(version)
    ? { kind: "flipt", command: [found], description: `Flipt ${version} (${found})` }
    : emulator;
}

export interface ChosenStore extends Chosen {
  kind: "minio" | "s3rver";
}

/**
 * Chooses the object store to run: `MINIO_BIN`, else `minio` on PATH, else the npm package s3rver.
 *
 * @throws {Fault} when `MINIO_BIN` is not an executable file
 */
export function chooseStore(env: NodeJS.ProcessEnv): ChosenStore {
  const minio = env.MINIO_BIN ? insist(env.MINIO_BIN, "MINIO_BIN") : onPath("minio", env.PATH ?? "");
  if (minio) return { kind: "minio", command: [minio], description: `MinIO (${minio})` };
  const home = dirname(createRequire(import.meta.url).resolve("s3rver/package.json"));
  const command = [process.execPath, join(home, "bin", "s3rver.js")];
  return {
    kind: "s3rver",
    command,
    description: "s3rver, which stands in for MinIO and knows no users; set MINIO_BIN for the real one",
  };
}
