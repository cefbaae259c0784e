import type { Step } from "../../../steps/step.ts";
import { restartedCold, staysReady } from "./pod.ts";
import { reachesOurs, refusesBadPod, refusesStranger } from "./refusal.ts";

/** What only a cluster can show. */
export const clusterSteps: Step[] = [staysReady, restartedCold, refusesStranger, reachesOurs, refusesBadPod];
