import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { Fault, oneLine } from "../../../fault.ts";
import { lookHint } from "../../../hints.ts";
import type { Seen } from "../../../until.ts";
import { apiLine, type Cluster } from "../cluster/connect.ts";
import { lastLine, readLog } from "../reach/logs.ts";
import { classify } from "./classify.ts";
import type { Informers, State } from "./informers.ts";
import type { Verdict } from "./verdicts/verdict.ts";

/** Describes the containers of a pod that are not ready. */
const describeContainers = ({ status }: V1Pod): string =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .filter(({ ready, state }) => !ready && !state?.terminated)
    .map(({ name, state }) => `container "${name}" is ${state?.waiting?.reason ?? "running and not ready"}`)
    .join(", ");

const describePod = (pod: V1Pod): string =>
  `pod "${pod.metadata?.name}" is ${pod.metadata?.deletionTimestamp ? "ending" : pod.status?.phase}${describeContainers(pod) && `, ${describeContainers(pod)}`}`;

const podsOf = ({ pods }: State, labels: Record<string, string> = {}): V1Pod[] =>
  pods.filter(({ metadata }) => Object.entries(labels).every(([name, value]) => metadata?.labels?.[name] === value));

/** Whether a rollout is complete: all replicas are updated and ready, and no old one is left. */
function isReady({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.readyReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted
  );
}

function seeDeployment(state: State, name: string): Seen<string> {
  const deployment = state.deployments.find(({ metadata }) => metadata?.name === name);
  if (!deployment) return { seen: `no deployment "${name}"` };
  if (isReady(deployment)) return { value: `${deployment.status?.readyReplicas ?? 0} ready` };
  const pods = podsOf(state, deployment.spec?.selector.matchLabels);
  return {
    seen: `${deployment.status?.readyReplicas ?? 0}/${deployment.spec?.replicas ?? 1} ready; ${pods.map(describePod).join("; ") || "no pod"}`,
  };
}

function seeJob(state: State, name: string): Seen<Date> {
  const job = state.jobs.find(({ metadata }) => metadata?.name === name);
  if (job?.status?.completionTime) return { value: new Date(job.status.completionTime) };
  const pods = state.pods.filter(({ metadata }) => metadata?.labels?.["batch.kubernetes.io/job-name"] === name);
  return { seen: pods.map(describePod).join("; ") || "no pod" };
}

/** Turns a verdict into an error message, with the container's last log line. */
async function blame(cluster: Cluster, { object, reason, next, log }: Verdict): Promise<Fault> {
  const text = log ? await readLog(cluster, log.pod, log).catch(apiLine) : "";
  const last = lastLine(text);
  return new Fault(2, `${object}: ${reason}${last && `; its last line: ${last}`}${lookHint(next, cluster)}`);
}

/** Waits for parts of a lab, and fails early when waiting cannot help. */
export class Wait {
  /** Containers that may still fail, because a dependency is not ready yet. */
  patient: string[] = [];
  private readonly cluster: Cluster;
  private readonly view: Informers;
  private readonly signal: AbortSignal;

  constructor(cluster: Cluster, view: Informers, signal: AbortSignal) {
    this.cluster = cluster;
    this.view = view;
    this.signal = signal;
  }

  /** @throws {Fault} at the deadline with the last state seen, or at once with a verdict */
  async until<T>(what: string, seconds: number, probe: (state: State) => Promise<Seen<T>> | Seen<T>): Promise<T> {
    try {
      return await this.view.until<T>(what, seconds, this.signal, async (state) => {
        const seen = await probe(state);
        const verdict = "value" in seen ? undefined : classify(state, this.patient);
        if (verdict) throw await blame(this.cluster, verdict);
        return seen;
      });
    } catch (error) {
      if (error instanceof Fault || this.signal.aborted) throw error;
      throw new Fault(2, `${oneLine(error)}${lookHint("get pods", this.cluster)}`);
    }
  }

  deployment(name: string, seconds: number): Promise<string> {
    return this.until(`deployment "${name}"`, seconds, (state) => seeDeployment(state, name));
  }

  /** Waits for a Job to succeed. Returns its completion time. */
  job(name: string, seconds: number): Promise<Date> {
    return this.until(`the end of job "${name}"`, seconds, (state) => seeJob(state, name));
  }

  /** Waits until no pod of a deployment is left. */
  noPods(labels: Record<string, string>, seconds: number): Promise<boolean> {
    return this.until<boolean>("the end of the pods", seconds, (state) => {
      const left = podsOf(state, labels);
      return left.length === 0 ? { value: true } : { seen: left.map(describePod).join("; ") };
    });
  }
}
