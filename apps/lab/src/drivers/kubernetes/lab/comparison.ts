import { NetworkingV1Api, type V1Deployment } from "@kubernetes/client-node";
import { type Cluster, isNotFound } from "../cluster/connect.ts";

const policy = "sample-app-comparison";

/** Why the application cannot ask the master, beside its sidecar, as it is deployed; undefined when it can. */
export async function whyNoComparison(
  { config, namespace }: Cluster,
  application: V1Deployment,
): Promise<string | undefined> {
  const env = application.spec?.template.spec?.containers.flatMap(({ env = [] }) => env) ?? [];
  if (!env.some(({ name }) => name === "FLIPT_MASTER_URL")) return "the application is told no master to ask";
  const exists = await config
    .makeApiClient(NetworkingV1Api)
    .readNamespacedNetworkPolicy({ name: policy, namespace })
    .then(
      () => true,
      (error) => {
        if (isNotFound(error)) return false;
        throw error;
      },
    );
  return exists ? undefined : `there is no NetworkPolicy "${policy}", without which the application reaches no master`;
}
