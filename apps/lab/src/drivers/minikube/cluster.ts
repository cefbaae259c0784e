import { runTasks } from "../../report/tasks.ts";
import type { ClusterDriver } from "../driver.ts";
import { changing } from "./change.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { withLock } from "./lock.ts";
import { removeProfile } from "./remove.ts";
import { insistOnRunning } from "./running-profile.ts";
import { startProfile } from "./start.ts";

/** Manages the minikube profile without the lab in it. */
export const cluster: ClusterDriver = {
  start: (settings, surroundings) =>
    changing(settings, "cluster start", surroundings, () =>
      runTasks([startProfile(settings, surroundings)], surroundings.screen, surroundings.signal),
    ),
  load: (settings, surroundings) =>
    withLock(settings.profile, "cluster load", surroundings.env, async () => {
      await insistOnRunning(settings, surroundings);
      // Rendering imports the Kubernetes client, which loads slowly and which nothing else here needs.
      const { loadImages } = await import("./load.ts");
      await runTasks([loadImages(settings, surroundings)], surroundings.screen, surroundings.signal);
    }),
  kubeconfig: readKubeconfig,
  remove: (place, { env, screen }) =>
    withLock(place.profile, "down", env, async () => screen.print(await removeProfile(place, env))),
};
