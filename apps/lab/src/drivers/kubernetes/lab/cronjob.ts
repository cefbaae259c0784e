import type { V1CronJob, V1EnvVar, V1Job } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { labHint } from "../../../hints.ts";
import type { ExportRequest } from "../../../lab.ts";
import { type Cluster, isNotFound } from "../cluster/connect.ts";
import { ours } from "../cluster/kinds.ts";

export const exporter = "flipt-exporter";
/** The annotation that `kubectl create job --from` sets. Scheduled Jobs lack it. */
export const instantiate = "cronjob.kubernetes.io/instantiate";

/** @throws {Fault} when no lab runs in the namespace */
export async function readCronJob(cluster: Cluster): Promise<V1CronJob> {
  const { batch, namespace, context } = cluster;
  return batch.readNamespacedCronJob({ name: exporter, namespace }).catch((error) => {
    if (!isNotFound(error)) throw error;
    throw new Fault(
      2,
      `no lab runs in namespace "${namespace}" of context "${context}"; start one with: ${labHint("up", cluster)}`,
    );
  });
}

/** The URL that the exporter writes to. */
export const sinkOf = ({ spec }: V1CronJob): string =>
  spec?.jobTemplate.spec?.template.spec?.containers
    .flatMap(({ env = [] }) => env)
    .find(({ name }) => name === "SINK_URL")?.value ?? "";

/** Returns the environment with some values replaced. */
function override(env: V1EnvVar[], values: Record<string, string>): V1EnvVar[] {
  const kept = env.filter(({ name }) => !(name in values));
  return [...kept, ...Object.entries(values).map(([name, value]) => ({ name, value }))];
}

/** Builds a Job as `kubectl create job --from=cronjob/flipt-exporter` does, with the request's settings; pure. */
export function jobFrom(
  { metadata, spec }: V1CronJob,
  name: string,
  { allowEmpty, allowShrink, allowGrowth, env }: ExportRequest,
): V1Job {
  const template = structuredClone(spec?.jobTemplate);
  const [container] = template?.spec?.template.spec?.containers ?? [];
  if (!template?.spec || !container) throw new Error(`cronjob "${exporter}" has no container`);
  container.env = override(container.env ?? [], {
    ...(allowEmpty && { EXPORT_ALLOW_EMPTY: "true" }),
    ...(allowShrink && { EXPORT_ALLOW_SHRINK: "true" }),
    ...(allowGrowth && { EXPORT_ALLOW_GROWTH: "true" }),
    ...env,
  });
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      labels: { ...template.metadata?.labels, [ours.name]: ours.value, "app.kubernetes.io/name": exporter },
      annotations: { ...template.metadata?.annotations, [instantiate]: "manual" },
      // The CronJob owns the Job, so the Job counts towards the history limits and is removed with the CronJob.
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
