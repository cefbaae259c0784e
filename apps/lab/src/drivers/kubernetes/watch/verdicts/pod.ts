import type { V1Pod } from "@kubernetes/client-node";
import type { State } from "../informers.ts";
import { judgeClaim } from "./claim.ts";
import { eventsOf, graceSeconds, since, statusesOf, type Verdict } from "./verdict.ts";

/** Detects a pod whose node cannot create its sandbox or mount its volumes. */
export function judgeSandbox(pod: V1Pod, { events, now }: State): Verdict | undefined {
  if (since(now, pod.metadata?.creationTimestamp) < graceSeconds.sandbox) return undefined;
  if (statusesOf(pod).some(({ state, lastState }) => state?.running || state?.terminated || lastState?.terminated))
    return undefined;
  const failed = eventsOf(events, pod.metadata?.uid).find(
    ({ reason, count }) => (reason === "FailedCreatePodSandBox" || reason === "FailedMount") && (count ?? 1) >= 3,
  );
  if (!failed) return undefined;
  const name = pod.metadata?.name ?? "";
  return {
    object: `pod "${name}"`,
    reason: `its node cannot make it: ${failed.message} (${failed.reason})`,
    next: `describe pod ${name}`,
  };
}

/** Detects a pod that cannot be scheduled. */
export function judgeScheduling(pod: V1Pod, state: State): Verdict | undefined {
  const condition = pod.status?.conditions?.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  );
  if (!condition || since(state.now, condition.lastTransitionTime) < graceSeconds.unschedulable) return undefined;
  // The claim's events are nearer to the cause. A claim that is still being provisioned is no failure.
  if (/PersistentVolumeClaim/.test(condition.message ?? "")) return judgeClaim(state);
  const name = pod.metadata?.name ?? "";
  return {
    object: `pod "${name}"`,
    reason: `no node takes it: ${condition.message} (Unschedulable)`,
    next: `describe pod ${name}`,
  };
}
