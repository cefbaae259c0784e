import { showStarts } from "../../report/starts.ts";
import type { ClusterDriver } from "../driver.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { Minikube } from "./minikube.ts";
import { insistOnRunning } from "./place.ts";
import { removeProfile } from "./remove.ts";
import { startProfile } from "./start.ts";

/** The profile without what runs in it. */
export const cluster: ClusterDriver = {
  start: (settings, surroundings) =>
    showStarts([startProfile(settings, surroundings)], surroundings.screen, surroundings.signal),
  async load(settings, surroundings) {
    await insistOnRunning(settings, surroundings);
    // Rendering needs the client of Kubernetes, which takes long to load and which nothing else here needs.
    const { loadImages } = await import("./load.ts");
    await showStarts([loadImages(settings, surroundings)], surroundings.screen, surroundings.signal);
  },
  kubeconfig: readKubeconfig,
  async remove(place, { env, screen }) {
    screen.print(await removeProfile(new Minikube(place, env)));
  },
};
