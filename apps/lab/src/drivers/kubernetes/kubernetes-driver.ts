import type { Driver } from "../driver.ts";
import { down } from "./apply/down.ts";
import { up } from "./apply/up.ts";
import { openTestbed } from "./bench/cluster-testbed.ts";
import { connect } from "./cluster/connect.ts";
import { keepEvidence } from "./lab/evidence.ts";
import { KubernetesLab } from "./lab/kubernetes-lab.ts";
import { borrow, open } from "./lab/session.ts";
import { clusterSteps } from "./steps/cluster-steps.ts";

/** Runs the lab in a namespace of an existing cluster. */
export const ring: Driver = {
  steps: clusterSteps,
  up: (settings, _, surroundings) => up(settings, surroundings),
  async find(place, { env, signal }) {
    return borrow(await KubernetesLab.open(await connect(place, env), signal));
  },
  open,
  openTestbed,
  down,
  async diagnose(place, folder, { env }) {
    await keepEvidence(await connect(place, env), folder);
  },
};
