import type { State } from "../informers.ts";
import { eventsOf, graceSeconds, isRecent, since, type Verdict } from "./verdict.ts";

/** Detects a Deployment or a Job whose pods are refused on creation. */
export function judgeCreation({ deployments, jobs, pods, events, now, since: began = 0 }: State): Verdict | undefined {
  for (const { metadata, status } of deployments) {
    const failure = status?.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
    const lasting = Math.max(new Date(failure?.lastTransitionTime ?? 0).getTime(), began);
    if (!failure || now - lasting < graceSeconds.creation * 1000) continue;
    return {
      object: `deployment "${metadata?.name}"`,
      reason: `its pods are refused: ${failure.message} (${failure.reason})`,
      next: `describe deployment ${metadata?.name}`,
    };
  }
  for (const { metadata, status } of jobs) {
    const has = pods.some((pod) => pod.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid));
    const refused = eventsOf(events, metadata?.uid).find(
      (event) => event.reason === "FailedCreate" && isRecent(event, began),
    );
    if (has || !refused || status?.succeeded || since(now, metadata?.creationTimestamp) < graceSeconds.creation)
      continue;
    return {
      object: `job "${metadata?.name}"`,
      reason: `its pods are refused: ${refused.message} (FailedCreate)`,
      next: `describe job ${metadata?.name}`,
    };
  }
  return undefined;
}

/** Detects a failed Job. It skips the CronJob's Jobs: an export reports its own exit code. */
export function judgeJobs({ jobs, pods }: State): Verdict | undefined {
  for (const { metadata, status } of jobs) {
    const failed = status?.conditions?.find(({ type, status }) => type === "Failed" && status === "True");
    if (!failed || metadata?.ownerReferences?.some(({ kind }) => kind === "CronJob")) continue;
    const pod = pods.findLast((each) => each.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid));
    const name = pod?.metadata?.name;
    const container = pod?.spec?.containers[0]?.name;
    return {
      object: `job "${metadata?.name}"`,
      reason: `it has failed: ${failed.message} (${failed.reason})`,
      next: `logs job/${metadata?.name}`,
      ...(name && container && { log: { pod: name, container, previous: false } }),
    };
  }
  return undefined;
}
