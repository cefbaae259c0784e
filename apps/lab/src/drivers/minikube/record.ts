import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Sighting } from "../process/identity.ts";

/** What the lab remembers of a profile that it has started. */
export interface ProfileRecord {
  /** The ids of the node images that Docker had before the start. Others are removed with the profile. */
  imagesBefore: string[];
  /** Whether a start ever completed. Since then the profile may hold somebody's flags. */
  ready: boolean;
  /** The minikube process that is starting the profile. It stays in the record when the lab is killed. */
  starting?: Sighting;
  /** The local id of each loaded image, by its name. */
  loaded: Record<string, string>;
}

/** Returns minikube's home folder, by minikube's own rule. */
export function minikubeHome({ MINIKUBE_HOME, HOME }: NodeJS.ProcessEnv): string {
  if (!MINIKUBE_HOME) return join(HOME || homedir(), ".minikube");
  return basename(MINIKUBE_HOME) === ".minikube" ? MINIKUBE_HOME : join(MINIKUBE_HOME, ".minikube");
}

/** The path of a record. It is outside of minikube's `profiles`, where a folder would count as a profile. */
const path = (env: NodeJS.ProcessEnv, profile: string): string =>
  join(minikubeHome(env), "flipt-sidecar-lab", `${profile}.json`);

/** Reads the record of a profile. Returns undefined when the lab has not started it. */
export async function readRecord(env: NodeJS.ProcessEnv, profile: string): Promise<ProfileRecord | undefined> {
  try {
    return JSON.parse(await readFile(path(env, profile), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return undefined; // truncated by a crash: treated as absent
    throw error;
  }
}

export async function writeRecord(env: NodeJS.ProcessEnv, profile: string, record: ProfileRecord): Promise<void> {
  const file = path(env, profile);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
}

export const removeRecord = (env: NodeJS.ProcessEnv, profile: string): Promise<void> =>
  rm(path(env, profile), { force: true });
