import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** A failure that waiting cannot heal. */
export interface Verdict {
  /** `pod "x", container "y"` */
  object: string;
  /** What is wrong, with Kubernetes' own reason. */
  reason: string;
  /** The kubectl command to run next, without the flags for context and namespace. */
  next: string;
  /** The container whose last log line tells more. */
  log?: { pod: string; container: string; previous: boolean };
}

/** How long each condition may last before it counts as a failure. */
export const graceSeconds = { unschedulable: 10, unbound: 20, probe: 40, creation: 5, sandbox: 30 };

export const since = (now: number, date: Date | string | undefined): number =>
  date ? (now - new Date(date).getTime()) / 1000 : 0;

export const eventsOf = (events: CoreV1Event[], uid: string | undefined): CoreV1Event[] =>
  events.filter(({ involvedObject }) => uid !== undefined && involvedObject.uid === uid);

/** Whether an event is not older than `since`. Event times have a resolution of one second. */
export const isRecent = ({ lastTimestamp, eventTime }: CoreV1Event, since = 0): boolean =>
  new Date(lastTimestamp ?? eventTime ?? 0).getTime() >= since - 1000;

export const statusesOf = ({ status }: V1Pod): V1ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];
