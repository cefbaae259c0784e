import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { type Cluster, isNotFound } from "../cluster/connect.ts";
import { selector } from "../cluster/kinds.ts";

const backOff = new Set(["CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull"]);

/** Whether a Deployment's pod is in back-off after a failure. */
function isBackingOff({ metadata, status }: V1Pod): boolean {
  const statuses: V1ContainerStatus[] = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ];
  return (
    metadata?.ownerReferences?.some(({ kind }) => kind === "ReplicaSet") === true &&
    statuses.some(({ state }) => backOff.has(state?.waiting?.reason ?? ""))
  );
}

const unlessGone = (error: unknown): void => {
  if (!isNotFound(error)) throw error;
};

/** Deletes failing pods and ReplicaSets, so that they are retried at once and their counters report no old failures. */
export async function resetBackoff({ core, apps, namespace }: Cluster): Promise<void> {
  const labelled = { namespace, labelSelector: selector };
  const [pods, sets] = await Promise.all([core.listNamespacedPod(labelled), apps.listNamespacedReplicaSet(labelled)]);
  for (const pod of pods.items)
    if (isBackingOff(pod))
      await core.deleteNamespacedPod({ name: pod.metadata?.name ?? "", namespace }).catch(unlessGone);
  for (const { metadata, status } of sets.items) {
    const refused = status?.conditions?.some(({ type, status }) => type === "ReplicaFailure" && status === "True");
    if (refused) await apps.deleteNamespacedReplicaSet({ name: metadata?.name ?? "", namespace }).catch(unlessGone);
  }
}
