import { runTasks } from "../../report/tasks.ts";
import type { Driver, Runtime, Settings } from "../driver.ts";
import { ring as kubernetes } from "../kubernetes/kubernetes-driver.ts";
import { changing } from "./change.ts";
import { cluster } from "./cluster.ts";
import { loadImages } from "./load.ts";
import { withLock } from "./lock.ts";
import { Minikube } from "./minikube.ts";
import { keepProfileEvidence } from "./profile-logs.ts";
import { inCluster, insistOnRunning, look } from "./running-profile.ts";
import { startProfile } from "./start.ts";
import { openThrowaway } from "./throwaway.ts";

/** Whether a lab of the wanted mode runs in the profile. */
async function hasLab(settings: Settings, surroundings: Runtime): Promise<boolean> {
  if ((await look(settings, surroundings)).state !== "running") return false;
  const session = await kubernetes.find(inCluster(settings), surroundings).catch((error) => {
    surroundings.signal.throwIfAborted();
    return error instanceof Error ? undefined : error;
  });
  await session?.close();
  return session?.lab.mode === settings.mode;
}

/** Runs the lab in its own minikube cluster in the local Docker. Inside the cluster, the kubernetes ring does the work. */
export const ring: Driver = {
  steps: kubernetes.steps,
  up: (settings, demo, surroundings) =>
    changing(settings, "up", surroundings, async () => {
      const starts = [startProfile(settings, surroundings), loadImages(settings, surroundings)];
      await runTasks(starts, surroundings.screen, surroundings.signal);
      await kubernetes.up(inCluster(settings), demo, surroundings);
    }),
  async find(place, surroundings) {
    await insistOnRunning(place, surroundings);
    return kubernetes.find(inCluster(place), surroundings);
  },
  async open(settings, surroundings) {
    return (await hasLab(settings, surroundings))
      ? kubernetes.open(inCluster(settings), surroundings)
      : openThrowaway(settings, surroundings);
  },
  async down(place, keep, surroundings) {
    if (!keep) return cluster.remove(place, surroundings);
    await withLock(place.profile, "down --keep", surroundings.env, async () => {
      await insistOnRunning(place, surroundings);
      await new Minikube(place, surroundings.env, surroundings.signal).stop();
    });
    surroundings.screen.print(`stopped profile "${place.profile}"; the next up goes on with it`);
  },
  async diagnose(place, folder, surroundings) {
    await keepProfileEvidence(place, folder, surroundings);
    await insistOnRunning(place, surroundings);
    await kubernetes.diagnose(inCluster(place), folder, surroundings);
  },
};
