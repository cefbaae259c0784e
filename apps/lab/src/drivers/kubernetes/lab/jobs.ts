import type { V1Job, V1Pod } from "@kubernetes/client-node";
import type { ExportRun } from "../../../lab.ts";
import type { Cluster } from "../cluster/connect.ts";
import { ours } from "../cluster/kinds.ts";
import { lastLine, readLog } from "../reach/logs.ts";
import { exporter, instantiate } from "./cronjob.ts";

/** Finds the exporter's log record: the last line of its output that is JSON. */
export function lastJson(text: string): Record<string, unknown> {
  for (const line of text.trim().split("\n").reverse()) {
    try {
      const value: unknown = JSON.parse(line);
      if (value && typeof value === "object") return value as Record<string, unknown>;
    } catch {
      // plain text
    }
  }
  return {};
}

/** Builds a run from its pod and its log. Returns undefined while it runs. */
export function toRun(job: V1Job, pod: V1Pod, text: string): ExportRun | undefined {
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (!ended) return undefined;
  const log = lastJson(text);
  const time = (date: Date | string | undefined): number => (date ? new Date(date).getTime() : 0);
  return {
    started: time(ended.startedAt),
    ended: time(ended.finishedAt),
    scheduled: job.metadata?.annotations?.[instantiate] === undefined,
    exit: ended.exitCode,
    line: typeof log.message === "string" ? log.message : lastLine(text) || `ended: ${ended.reason}`,
    log,
  };
}

/** The pod of a Job. */
export const podOf = (pods: V1Pod[], job: V1Job): V1Pod | undefined =>
  pods.find(({ metadata }) => metadata?.ownerReferences?.some(({ uid }) => uid === job.metadata?.uid));

/** Reads the run of a Job. Returns undefined until its pod has ended. */
export async function readRun(cluster: Cluster, job: V1Job, pod: V1Pod): Promise<ExportRun | undefined> {
  const [container] = pod.status?.containerStatuses ?? [];
  if (!container?.state?.terminated || !pod.metadata?.name) return undefined;
  // The history limit may remove a Job while it is read.
  const text = await readLog(cluster, pod.metadata.name, { container: container.name }).catch(() => "");
  return toRun(job, pod, text);
}

/** Remembers export runs: those in the CronJob's history, and those that this command has seen. */
export class ExporterJobs {
  private readonly cluster: Cluster;
  private readonly known = new Map<string, ExportRun>();
  private last: { at: number; runs: Promise<ExportRun[]> } | undefined;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Lists the runs, oldest first. It reads the cluster at most twice a second. */
  list(): Promise<ExportRun[]> {
    if (!this.last || Date.now() - this.last.at > 500) this.last = { at: Date.now(), runs: this.read() };
    return this.last.runs;
  }

  private async read(): Promise<ExportRun[]> {
    const { batch, core, namespace } = this.cluster;
    const labelled = { namespace, labelSelector: `${ours.name}=${ours.value},app.kubernetes.io/name=${exporter}` };
    const [jobs, pods] = await Promise.all([batch.listNamespacedJob(labelled), core.listNamespacedPod(labelled)]);
    for (const job of jobs.items) {
      const uid = job.metadata?.uid ?? "";
      const pod = podOf(pods.items, job);
      if (this.known.has(uid) || !pod) continue;
      const run = await readRun(this.cluster, job, pod);
      if (run) this.known.set(uid, run);
    }
    return [...this.known.values()].sort((a, b) => a.started - b.started).slice(-100);
  }
}
