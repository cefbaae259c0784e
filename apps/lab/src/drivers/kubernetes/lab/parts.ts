import type { Addresses, Part, Stoppable } from "../../../lab.ts";
import { apiLine, type Cluster } from "../cluster/connect.ts";
import { ours } from "../cluster/kinds.ts";
import { readLog } from "../reach/logs.ts";
import { exporter } from "./cronjob.ts";

/** The Deployment that each part runs in. */
export const deploymentOf = {
  "flipt-master": "flipt-master",
  "flipt-sidecar": "sample-app",
  "evaluation-client": "sample-app",
  store: "minio",
} as const satisfies Record<Stoppable, string>;

/** The addresses that lead to each Deployment. */
export const addressesOf = {
  "flipt-master": ["master"],
  "sample-app": ["sidecar", "application"],
  minio: ["store"],
} as const satisfies Record<string, (keyof Addresses)[]>;

/** Reads the logs of all pods of a part: from the container named like the part, else from the first one. */
export async function readLogs(cluster: Cluster, part: Part): Promise<string> {
  const { core, namespace } = cluster;
  const name = part === "flipt-exporter" ? exporter : deploymentOf[part];
  const labelSelector = `${ours.name}=${ours.value},app.kubernetes.io/name=${name}`;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const texts = items.map(({ metadata, spec }) => {
    const own = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find((each) => each.name === part);
    const container = own?.name ?? spec?.containers[0]?.name ?? "";
    return readLog(cluster, metadata?.name ?? "", { container }).catch(apiLine);
  });
  return (await Promise.all(texts)).join("");
}
