import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { eventsOf, graceSeconds, since, type Verdict } from "./verdict.ts";

/** A container that crashes this often keeps crashing. The third crash comes half a minute after the first. */
const deaths = 3;

const missingImage = new Set(["ErrImageNeverPull", "ImagePullBackOff", "ErrImagePull", "InvalidImageName"]);
const unconfigured = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

/** The kubelet's message on a busy node, before it has synced the Secrets of a new pod. */
const passing = /failed to sync \w+ cache/;

/** Detects a container that cannot start or keeps crashing. */
export function judgeContainer(pod: V1Pod, container: V1ContainerStatus): Verdict | undefined {
  const name = pod.metadata?.name ?? "";
  const object = `pod "${name}", container "${container.name}"`;
  const { reason = "", message = "" } = container.state?.waiting ?? {};
  if (missingImage.has(reason))
    return { object, reason: `image "${container.image}" is missing (${reason})`, next: `describe pod ${name}` };
  if (unconfigured.has(reason) && !passing.test(message)) {
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

/** Detects a running container whose probe keeps failing. */
export function judgeProbe(
  pod: V1Pod,
  container: V1ContainerStatus,
  events: CoreV1Event[],
  now: number,
): Verdict | undefined {
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
