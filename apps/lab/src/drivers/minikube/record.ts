import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Sighting } from "../process/identity.ts";

/** What is remembered of a profile that the lab has started. */
export interface ProfileRecord {
  /** The ids of the node images that Docker had before: the others go with the profile. */
  imagesBefore: string[];
  /** Whether a start of it ever came to its end: it may hold somebody's flags since. */
  ready: boolean;
  /** The minikube that starts it, while it does; what is left of it when the lab was killed. */
  starting?: Sighting;
  /** The local id of each image that was loaded, by its name. */
  loaded: Record<string, string>;
}

/** The folder of all that minikube keeps, by its own rule. */
export function minikubeHome({ MINIKUBE_HOME, HOME }: NodeJS.ProcessEnv): string {
  if (!MINIKUBE_HOME) return join(HOME || homedir(), ".minikube");
  return basename(MINIKUBE_HOME) === ".minikube" ? MINIKUBE_HOME : join(MINIKUBE_HOME, ".minikube");
}

/** Beside minikube's profiles, not in them: a folder there would be a profile. */
const path = (env: NodeJS.ProcessEnv, profile: string): string =>
  join(minikubeHome(env), "flipt-sidecar-lab", `${profile}.json`);

/** The record of a profile; undefined when the lab has not started it. */
export async function readRecord(env: NodeJS.ProcessEnv, profile: string): Promise<ProfileRecord | undefined> {
  try {
    return JSON.parse(await readFile(path(env, profile), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return undefined; // cut off while it was written: as if there were none
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
