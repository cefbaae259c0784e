import { randomBytes } from "node:crypto";
import type { V1CronJob, V1EnvVar, V1Job, V1Pod } from "@kubernetes/client-node";
import { Fault } from "../../fault.ts";
import type { ExportRequest, ExportRun } from "../../lab.ts";
import { type Cluster, isNotFound } from "./cluster.ts";
import { fieldManager, ours } from "./kinds.ts";
import { lastLine, readLog } from "./logs.ts";
import type { Wait } from "./wait.ts";

export const exporter = "flipt-exporter";
const instantiate = "cronjob.kubernetes.io/instantiate";
/** The Job's own deadline is 90 s; what is not over then has hung. */
const limitSeconds = 120;

/** @throws {Fault} when no lab is there */
export async function readCronJob({ batch, namespace, context }: Cluster): Promise<V1CronJob> {
  return batch.readNamespacedCronJob({ name: exporter, namespace }).catch((error) => {
    if (!isNotFound(error)) throw error;
    throw new Fault(
      2,
      `no lab runs in namespace "${namespace}" of context "${context}"; start one with: npm run -s lab -- up --on kubernetes --context ${context} --namespace ${namespace}`,
    );
  });
}

/** What the exporter writes into. */
export const sinkOf = ({ spec }: V1CronJob): string =>
  spec?.jobTemplate.spec?.template.spec?.containers
    .flatMap(({ env = [] }) => env)
    .find(({ name }) => name === "SINK_URL")?.value ?? "";

/** The environment of the first list, with what the second one says instead. */
function override(env: V1EnvVar[], values: Record<string, string>): V1EnvVar[] {
  const kept = env.filter(({ name }) => !(name in values));
  return [...kept, ...Object.entries(values).map(([name, value]) => ({ name, value }))];
}

/** A Job as `kubectl create job --from=cronjob/flipt-exporter` makes it, with other settings; pure. */
export function jobFrom(
  { metadata, spec }: V1CronJob,
  name: string,
  { allowEmpty, allowShrink, env }: ExportRequest,
): V1Job {
  const template = structuredClone(spec?.jobTemplate);
  const [container] = template?.spec?.template.spec?.containers ?? [];
  if (!template?.spec || !container) throw new Error(`cronjob "${exporter}" has no container`);
  container.env = override(container.env ?? [], {
    ...(allowEmpty && { EXPORT_ALLOW_EMPTY: "true" }),
    ...(allowShrink && { EXPORT_ALLOW_SHRINK: "true" }),
    ...env,
  });
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      labels: { ...template.metadata?.labels, [ours.name]: ours.value, "app.kubernetes.io/name": exporter },
      annotations: { ...template.metadata?.annotations, [instantiate]: "manual" },
      // Owned by the CronJob, it counts in its histories and goes with it.
      ownerReferences: [
        {
          apiVersion: "batch/v1",
          kind: "CronJob",
          name: exporter,
          uid: metadata?.uid ?? "",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: template.spec,
  };
}

/** The exporter's log line is the last line of its output that is JSON. */
export function lastJson(text: string): Record<string, unknown> {
  for (const line of text.trim().split("\n").reverse()) {
    try {
      const value: unknown = JSON.parse(line);
      if (value && typeof value === "object") return value as Record<string, unknown>;
    } catch {
      // a line for people
    }
  }
  return {};
}

/** A run as its pod and its log tell it; undefined while it runs. */
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

const podOf = (pods: V1Pod[], job: V1Job): V1Pod | undefined =>
  pods.find(({ metadata }) => metadata?.ownerReferences?.some(({ uid }) => uid === job.metadata?.uid));

async function readRun(cluster: Cluster, job: V1Job, pod: V1Pod): Promise<ExportRun | undefined> {
  const [container] = pod.status?.containerStatuses ?? [];
  if (!container?.state?.terminated || !pod.metadata?.name) return undefined;
  // The history may remove a Job while it is looked at.
  const text = await readLog(cluster, pod.metadata.name, { container: container.name }).catch(() => "");
  return toRun(job, pod, text);
}

/** Runs the exporter once, from the CronJob's template, and waits for its end. */
export async function runExporter(cluster: Cluster, wait: Wait, request: ExportRequest): Promise<ExportRun> {
  const { batch, namespace } = cluster;
  const cronJob = await readCronJob(cluster);
  const isRunning = ({ metadata, status }: V1Job): boolean =>
    metadata?.labels?.["app.kubernetes.io/name"] === exporter && !status?.completionTime && !status?.failed;
  await wait.until<boolean>("the end of the running export", limitSeconds, ({ jobs }) => {
    const running = jobs.find(isRunning);
    return running ? { seen: `job "${running.metadata?.name}" runs` } : { value: true };
  });
  const body = jobFrom(cronJob, `${exporter}-lab-${randomBytes(3).toString("hex")}`, request);
  const job = await batch.createNamespacedJob({ namespace, body, fieldManager });
  return wait.until<ExportRun>(`the end of job "${job.metadata?.name}"`, limitSeconds, async ({ pods, jobs }) => {
    const pod = podOf(pods, job);
    const run = pod && (await readRun(cluster, job, pod));
    if (run) return { value: run };
    const over = jobs.find(({ metadata }) => metadata?.uid === job.metadata?.uid)?.status?.conditions?.[0];
    return { seen: pod ? `pod "${pod.metadata?.name}" is ${pod.status?.phase}` : (over?.message ?? "no pod") };
  });
}

/** The runs that are remembered: those of the CronJob's histories, and of this command. */
export class Runs {
  private readonly cluster: Cluster;
  private readonly known = new Map<string, ExportRun>();
  private last: { at: number; runs: Promise<ExportRun[]> } | undefined;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Oldest first. Asked more often than twice a second, it answers what it knows. */
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
