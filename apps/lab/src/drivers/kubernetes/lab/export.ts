import { randomBytes } from "node:crypto";
import type { V1Job } from "@kubernetes/client-node";
import type { ExportRequest, ExportRun } from "../../../lab.ts";
import type { Cluster } from "../cluster/connect.ts";
import { fieldManager } from "../cluster/kinds.ts";
import type { Wait } from "../watch/wait.ts";
import { exporter, jobFrom, readCronJob } from "./cronjob.ts";
import { podOf, readRun } from "./jobs.ts";

/** The Job's own deadline is 90 s. A Job that is not over after this limit hangs. */
const limitSeconds = 120;

/** Runs the exporter from the CronJob's template and waits for its end. */
async function runOnce(cluster: Cluster, wait: Wait, request: ExportRequest): Promise<ExportRun> {
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

/** Runs the exporter once. It retries a run that gave way to a concurrent scheduled one, which is no refusal of the request. */
export async function runExporter(cluster: Cluster, wait: Wait, request: ExportRequest): Promise<ExportRun> {
  const run = await runOnce(cluster, wait, request);
  return run.exit === 1 && run.log.gate === "alone" ? runOnce(cluster, wait, request) : run;
}
