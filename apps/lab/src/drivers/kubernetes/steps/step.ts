import { NotProvable } from "../../../steps/run.ts";
import { polls, type Step } from "../../../steps/step.ts";
import type { Verification } from "../../../steps/verification.ts";
import { KubernetesLab } from "../lab/kubernetes-lab.ts";

/** Builds a verification step of the group `cluster`. */
export const step = (title: string, seconds: number, run: Step["run"]): Step => ({
  group: "cluster",
  title,
  seconds: polls(seconds),
  run,
});

/** @throws {NotProvable} in another ring */
export function clusterLab({ lab }: Verification): KubernetesLab {
  if (lab instanceof KubernetesLab) return lab;
  throw new NotProvable(`ring ${lab.ring} is no cluster`);
}
