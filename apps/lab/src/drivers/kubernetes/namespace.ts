import type { V1Namespace } from "@kubernetes/client-node";
import { type Cluster, isNotFound } from "./cluster.ts";
import { ours } from "./kinds.ts";

/** The namespace of a lab; undefined when there is none. */
export const readNamespace = ({ core, namespace }: Cluster): Promise<V1Namespace | undefined> =>
  core.readNamespace({ name: namespace }).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** Makes the namespace where it is absent: ours, and guarded by Pod Security. */
export async function ensureNamespace(cluster: Cluster): Promise<string> {
  const { core, namespace } = cluster;
  if (await readNamespace(cluster)) return "";
  const labels = { [ours.name]: ours.value, "pod-security.kubernetes.io/enforce": "restricted" };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  return `namespace "${namespace}" made; `;
}
