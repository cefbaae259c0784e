import type { Driver } from "../driver.ts";
import { connect } from "./cluster.ts";
import { down } from "./down.ts";
import { keepEvidence } from "./evidence.ts";
import { openGround } from "./ground.ts";
import { KubernetesLab } from "./lab.ts";
import { borrow, open } from "./session.ts";
import { clusterSteps } from "./steps/index.ts";
import { up } from "./up.ts";

/** A namespace of a cluster. */
export const ring: Driver = {
  steps: clusterSteps,
  up: (settings, _, surroundings) => up(settings, surroundings),
  async find(place, { env, signal }) {
    return borrow(await KubernetesLab.open(await connect(place, env), signal));
  },
  open,
  openGround,
  down,
  async diagnose(place, folder, { env }) {
    await keepEvidence(await connect(place, env), folder);
  },
};
