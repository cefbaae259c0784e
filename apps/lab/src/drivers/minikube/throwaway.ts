import { emptyFolder } from "../../evidence.ts";
import { Fault, oneLine } from "../../fault.ts";
import { runTasks } from "../../report/tasks.ts";
import type { Location, Runtime, Session, Settings } from "../driver.ts";
import { ring as kubernetes } from "../kubernetes/kubernetes-driver.ts";
import { loadImages } from "./load.ts";
import { takeLock } from "./lock.ts";
import { keepProfileEvidence } from "./profile-logs.ts";
import { removeProfile } from "./remove.ts";
import { inCluster, usualProfile } from "./running-profile.ts";
import { startProfile } from "./start.ts";

const remove = async (place: Location, { env, screen }: Runtime): Promise<void> => {
  screen.print(await removeProfile(place, env));
};

/** Keeps the evidence of a failed lab before it is removed. Returns the folder. */
async function keep(place: Settings, surroundings: Runtime): Promise<string> {
  const folder = await emptyFolder(place.evidence);
  const late = { ...surroundings, signal: new AbortController().signal };
  await keepProfileEvidence(place, folder, late);
  await kubernetes.diagnose(inCluster(place), folder, late).catch(() => {}); // no cluster yet: minikube's logs have to do
  return folder;
}

/** Starts a lab in its own profile. Both are removed when the session closes. */
export async function openThrowaway(settings: Settings, surroundings: Runtime): Promise<Session> {
  const { screen, signal } = surroundings;
  const own = { ...settings, profile: `${usualProfile}-verify-${settings.mode}`, passing: true };
  const release = await takeLock(own.profile, "verify", surroundings.env);
  screen.print(`verifying mode ${settings.mode} in a minikube profile of its own, "${own.profile}"`);
  try {
    // Removes what a killed verify has left.
    await removeProfile(own, surroundings.env);
    await runTasks([startProfile(own, surroundings), loadImages(own, surroundings)], screen, signal);
    await kubernetes.up(inCluster(own), false, surroundings);
    const session = await kubernetes.open(inCluster(own), surroundings);
    const leave = async (): Promise<void> => {
      if (signal.aborted) screen.print(`interrupted; states, events and logs: ${await keep(own, surroundings)}`);
      await session.close();
    };
    // The profile goes also where its evidence cannot be written.
    const close = (): Promise<void> => leave().finally(() => remove(own, surroundings).finally(release));
    return { ...session, close };
  } catch (error) {
    const folder = await keep(own, surroundings).catch((cause) => `none, ${oneLine(cause)}`);
    await remove(own, surroundings).finally(release);
    if (signal.aborted || !(error instanceof Fault)) throw error;
    throw new Fault(error.exit, oneLine(error), { note: `states, events and logs: ${folder}` });
  }
}
