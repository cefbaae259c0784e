import { setTimeout as pause } from "node:timers/promises";
import { Fault } from "../../fault.ts";
import type { Location, Runtime } from "../driver.ts";
import { isAlive } from "../process/identity.ts";
import { killGroup } from "../process/state-folder.ts";
import { Docker } from "./docker.ts";
import { Minikube } from "./minikube.ts";
import { readRecord, removeRecord } from "./record.ts";
import { describe, insistOnOwn, look } from "./running-profile.ts";

const endMs = 10_000;

/** Stops a minikube that continues a start after its lab was killed. Returns whether there was one. */
export async function endStart(env: NodeJS.ProcessEnv, profile: string): Promise<boolean> {
  const starting = (await readRecord(env, profile))?.starting;
  if (!starting || !isAlive(starting)) return false;
  killGroup(starting.pid, "SIGINT");
  for (let waited = 0; isAlive(starting) && waited < endMs; waited += 100) await pause(100);
  if (isAlive(starting)) killGroup(starting.pid, "SIGKILL");
  return true;
}

/** Removes a profile from minikube and Docker. Returns what minikube had left in Docker. */
export async function clear(minikube: Minikube, docker: Docker): Promise<string[]> {
  await docker.endUnpacking(minikube.profile);
  await minikube.delete();
  return docker.sweep(minikube.profile);
}

/**
 * Removes a profile, even a half-started one, with its Docker objects. The node image goes too if it came with the profile. No
 * signal interrupts a removal.
 *
 * @returns what was removed, as one line
 * @throws {Fault} when Docker does not answer, or its objects of this name may belong to somebody else
 */
export async function removeProfile(place: Location, env: Runtime["env"]): Promise<string> {
  const { profile } = place;
  await endStart(env, profile);
  const seen = await look(place, { env, signal: new AbortController().signal });
  const { state, record } = seen;
  if (state === "hidden") throw new Fault(2, `${describe(place, seen, env)}; nothing was removed; start Docker`);
  if (!record) insistOnOwn(place, seen, env);
  const minikube = new Minikube(place, env);
  const docker = new Docker(minikube.env);
  const answers = await docker.answers();
  const parts = ["absent", "foreign"].includes(state) ? [] : [`profile "${profile}"`];
  if (state !== "absent") parts.push(...(await clear(minikube, docker)));
  if (record && answers) {
    const pulled = (await docker.nodeImages()).filter((id) => !record.imagesBefore.includes(id));
    const removed = await Promise.all(pulled.map((id) => docker.removeImage(id)));
    if (removed.includes(true)) parts.push("the node's image");
  }
  if (answers) await removeRecord(env, profile);
  if (parts.length > 0) return `removed ${parts.join(", ")}`;
  return `nothing to do: no profile "${profile}"${answers ? "" : "; Docker does not answer, so that nothing was looked for there"}`;
}
