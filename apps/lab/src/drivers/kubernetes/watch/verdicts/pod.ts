import type { V1Pod } from "@kubernetes/client-node";
import type { State } from "../informers.ts";
import { judgeClaim } from "./claim.ts";
import { eventsOf, graceSeconds, since, statusesOf, type Verdict } from "./verdict.ts";

/** A pod that a node has taken and cannot make. */
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

/** A pod that no node takes. */
export function judgeScheduling(pod: V1Pod, state: State): Verdict | undefined {
  const condition = pod.status?.conditions?.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  );
  if (!condition || since(state.now, condition.lastTransitionTime) < graceSeconds.unschedulable) return undefined;
  // What the claim says is nearer to the cause; one that is on its way is no fault of the pod.
  if (/PersistentVolumeClaim/.test(condition.message ?? "")) return judgeClaim(state);
  const name = pod.metadata?.name ?? "";
  return {
    object: `pod "${name}"`,
    reason: `no node takes it: ${condition.message} (Unschedulable)`,
    next: `describe pod ${name}`,
  };
}
