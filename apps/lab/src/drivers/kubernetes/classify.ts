import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { State } from "./view.ts";

/** Why something cannot succeed by waiting. */
export interface Verdict {
  /** `pod "x", container "y"` */
  object: string;
  /** What is wrong, in words that name Kubernetes' own reason. */
  reason: string;
  /** What to look at next, without the flags that say where. */
  next: string;
  /** Whose last log line tells more. */
  log?: { pod: string; container: string; previous: boolean };
}

/** How long something may last before it counts as lasting. */
const graceSeconds = { unschedulable: 10, unbound: 20, probe: 40, creation: 5, sandbox: 30 };
/** A program that dies so often, dies for good: the third death comes half a minute after the first. */
const deaths = 3;

const missingImage = new Set(["ErrImageNeverPull", "ImagePullBackOff", "ErrImagePull", "InvalidImageName"]);
const unconfigured = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

const since = (now: number, date: Date | string | undefined): number =>
  date ? (now - new Date(date).getTime()) / 1000 : 0;

const eventsOf = (events: CoreV1Event[], uid: string | undefined): CoreV1Event[] =>
  events.filter(({ involvedObject }) => uid !== undefined && involvedObject.uid === uid);

/** Events of now; times have full seconds. */
const isRecent = ({ lastTimestamp, eventTime }: CoreV1Event, since = 0): boolean =>
  new Date(lastTimestamp ?? eventTime ?? 0).getTime() >= since - 1000;

const statusesOf = ({ status }: V1Pod): V1ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

/** A container that cannot start, or that dies again and again. */
function judgeContainer(pod: V1Pod, container: V1ContainerStatus): Verdict | undefined {
  const name = pod.metadata?.name ?? "";
  const object = `pod "${name}", container "${container.name}"`;
  const { reason = "", message = "" } = container.state?.waiting ?? {};
  if (missingImage.has(reason))
    return { object, reason: `image "${container.image}" is missing (${reason})`, next: `describe pod ${name}` };
  if (unconfigured.has(reason)) {
    const secret = message.match(/secret "([^"]+)" not found/)?.[1];
    return {
      object,
      reason: secret ? `secret "${secret}" is missing (${reason})` : `${message || "cannot be made"} (${reason})`,
      next: secret ? `get secret ${secret}` : `describe pod ${name}`,
    };
  }
  const died = container.lastState?.terminated;
  if (died && container.restartCount >= deaths - (container.state?.waiting ? 1 : 0)) {
    return {
      object,
      reason: `it has ended ${container.restartCount + (container.state?.waiting ? 1 : 0)} times, with exit code ${died.exitCode}${died.reason === "OOMKilled" ? ": out of memory (OOMKilled)" : " (CrashLoopBackOff)"}`,
      next: `logs ${name} -c ${container.name} --previous`,
      log: { pod: name, container: container.name, previous: true },
    };
  }
  return undefined;
}

/** A container that runs and whose probe has failed for long. */
function judgeProbe(pod: V1Pod, container: V1ContainerStatus, events: CoreV1Event[], now: number): Verdict | undefined {
  const running = container.state?.running;
  if (!running || (container.ready && container.started)) return undefined;
  if (since(now, running.startedAt) < graceSeconds.probe) return undefined;
  const failing = eventsOf(events, pod.metadata?.uid).find(
    ({ reason, count, series, involvedObject }) =>
      reason === "Unhealthy" &&
      (series?.count ?? count ?? 1) >= 3 &&
      involvedObject.fieldPath?.includes(`{${container.name}}`),
  );
  if (!failing) return undefined;
  const name = pod.metadata?.name ?? "";
  return {
    object: `pod "${name}", container "${container.name}"`,
    reason: `its probe fails: ${(failing.message ?? "").split("\n")[0]?.slice(0, 200)} (Unhealthy)`,
    next: `logs ${name} -c ${container.name}`,
    log: { pod: name, container: container.name, previous: false },
  };
}

/** A pod that a node has taken and cannot make. */
function judgeSandbox(pod: V1Pod, { events, now }: State): Verdict | undefined {
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

/** A claim that nothing will ever bind. One that waits for its first consumer is none. */
function judgeClaim({ claims, events, now }: State): Verdict | undefined {
  for (const { metadata, status } of claims) {
    if (status?.phase !== "Pending" || since(now, metadata?.creationTimestamp) < graceSeconds.unbound) continue;
    const told = eventsOf(events, metadata?.uid);
    if (told.some(({ reason }) => reason === "WaitForFirstConsumer")) continue;
    const failed = told.find(({ reason }) => reason === "FailedBinding" || reason === "ProvisioningFailed");
    if (!failed) continue;
    return {
      object: `claim "${metadata?.name}"`,
      reason: `no volume can be had: ${failed.message} (${failed.reason})`,
      next: "get storageclass",
    };
  }
  return undefined;
}

/** A pod that no node takes. */
function judgeScheduling(pod: V1Pod, state: State): Verdict | undefined {
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

/** Something that is not even allowed to make its pods. */
function judgeCreation({ deployments, jobs, pods, events, now, since: began = 0 }: State): Verdict | undefined {
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

/** A Job that has given up; those of the CronJob are runs of their own and have their own exit code. */
function judgeJobs({ jobs, pods }: State): Verdict | undefined {
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

/**
 * What in a namespace cannot succeed by waiting; pure.
 *
 * @param patient names of containers that may still die or fail their probes, because what they need is not there yet
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
