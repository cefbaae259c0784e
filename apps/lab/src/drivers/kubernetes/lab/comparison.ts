import { NetworkingV1Api, type V1Deployment } from "@kubernetes/client-node";
import { type Cluster, isNotFound } from "../cluster/connect.ts";

const policy = "sample-app-comparison";

/** Returns why the deployed application cannot compare its sidecar with the master, else undefined. */
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
