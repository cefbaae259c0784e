import { Fault } from "../../fault.ts";
import type { Driver, Place, Session, Surroundings } from "../driver.ts";
import { connect } from "./cluster.ts";
import { down } from "./down.ts";
import { keepEvidence } from "./evidence.ts";
import { admit } from "./guard.ts";
import { KubernetesLab } from "./lab.ts";
import { clusterSteps } from "./steps/index.ts";
import { sweepStrangers } from "./stranger.ts";
import { up } from "./up.ts";

const session = (lab: KubernetesLab): Session => ({
  lab,
  keepEvidence: async (folder) => {
    await keepEvidence(lab.cluster, folder);
  },
  close: () => lab.close(),
});

/** A namespace of a cluster. */
export const ring: Driver = {
  steps: clusterSteps,
  up: (settings, _, surroundings) => up(settings, surroundings),
  async find(place: Place, { signal }: Surroundings) {
    return session(await KubernetesLab.open(await connect(place), signal));
  },
  async open(settings, { screen, signal }) {
    const cluster = await admit(settings, screen);
    const lab = await KubernetesLab.open(cluster, signal);
    if (lab.mode === settings.mode) {
      await sweepStrangers(cluster);
      return session(lab);
    }
    await lab.close();
    throw new Fault(
      2,
      `the lab in namespace "${cluster.namespace}" runs in mode ${lab.mode}; change it with: npm run -s lab -- up ${cluster.options} --mode ${settings.mode}`,
    );
  },
  down,
  async diagnose(place, folder) {
    await keepEvidence(await connect(place), folder);
  },
};
