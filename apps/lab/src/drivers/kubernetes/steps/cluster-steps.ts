import type { Step } from "../../../steps/step.ts";
import { restartedCold, staysReady } from "./pod.ts";
import { reachesOurs, refusesBadPod, refusesStranger } from "./refusal.ts";

/** The verification steps that need a cluster. */
export const clusterSteps: Step[] = [staysReady, restartedCold, refusesStranger, reachesOurs, refusesBadPod];
