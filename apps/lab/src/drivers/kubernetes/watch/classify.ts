import type { State } from "./informers.ts";
import { judgeContainer, judgeProbe } from "./verdicts/container.ts";
import { judgeCreation, judgeJobs } from "./verdicts/controller.ts";
import { judgeSandbox, judgeScheduling } from "./verdicts/pod.ts";
import { statusesOf, type Verdict } from "./verdicts/verdict.ts";

/**
 * Returns the first failure in a namespace that waiting cannot heal; pure.
 *
 * @param patient containers that may still crash or fail their probes, because a dependency is not ready yet
 */
export function classify(state: State, patient: string[] = []): Verdict | undefined {
  const alive = state.pods.filter(
    ({ metadata, status }) =>
      !metadata?.deletionTimestamp && status?.phase !== "Succeeded" && status?.phase !== "Failed",
  );
  for (const pod of alive) {
    const start = judgeScheduling(pod, state) ?? judgeSandbox(pod, state);
    if (start) return start;
    for (const container of statusesOf(pod)) {
      const verdict = judgeContainer(pod, container) ?? judgeProbe(pod, container, state.events, state.now);
      const isEarly = verdict?.log && patient.includes(container.name);
      if (verdict && !isEarly) return verdict;
    }
  }
  return judgeJobs(state) ?? judgeCreation(state);
}
