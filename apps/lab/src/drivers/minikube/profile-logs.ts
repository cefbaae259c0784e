import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { oneLine } from "../../fault.ts";
import type { Location, Runtime } from "../driver.ts";
import { Minikube } from "./minikube.ts";

/** Writes minikube's status and logs of a profile into a folder. */
export async function keepProfileEvidence(place: Location, folder: string, { env, signal }: Runtime): Promise<void> {
  const minikube = new Minikube(place, env, signal);
  const status = await minikube.writeLogs(join(folder, "minikube.log")).catch(oneLine);
  await writeFile(join(folder, "minikube-status.txt"), `${status.trimEnd()}\n`);
}
