import type { V1Namespace } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { type Cluster, isNotFound } from "./connect.ts";
import { ours } from "./kinds.ts";
import { listOtherObjects } from "./other-objects.ts";

const mark = { name: "flipt-sidecar-lab/made-by", value: "lab-up" } as const;
const seconds = 120;

/** Reads the lab's namespace. Returns undefined when it does not exist. */
export const readNamespace = ({ core, namespace }: Cluster): Promise<V1Namespace | undefined> =>
  core.readNamespace({ name: namespace }).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** Whether `lab up` created a namespace. The lab's label is not enough to remove it, since a user may have set it. */
const isMade = ({ metadata }: V1Namespace): boolean => metadata?.annotations?.[mark.name] === mark.value;

const isEnding = ({ metadata }: V1Namespace): boolean => metadata?.deletionTimestamp !== undefined;

/** Waits until a namespace and its content are gone. */
async function gone(cluster: Cluster, signal: AbortSignal): Promise<void> {
  await until<void>(`the removal of namespace "${cluster.namespace}"`, { seconds, everyMs: 300, signal }, async () => {
    const left = await readNamespace(cluster);
    if (!left) return { value: undefined };
    const conditions = left.status?.conditions?.filter(({ status }) => status === "True") ?? [];
    return { seen: conditions.map(({ message }) => message).join("; ") || "it is being removed" };
  });
}

/** Creates the namespace if absent, with the lab's label and Pod Security. It waits for a terminating one first. */
export async function ensureNamespace(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { core, namespace } = cluster;
  const found = await readNamespace(cluster);
  if (found && !isEnding(found)) return "";
  if (found) await gone(cluster, signal);
  const labels = { [ours.name]: ours.value, "pod-security.kubernetes.io/enforce": "restricted" };
  const annotations = { [mark.name]: mark.value };
  await core.createNamespace({ body: { metadata: { name: namespace, labels, annotations } } });
  return `namespace "${namespace}" made; `;
}

/**
 * Removes a namespace that `up` created and that holds no other objects.
 *
 * @returns what happened to it, for people
 */
export async function removeNamespace(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { core, namespace: name } = cluster;
  const found = await readNamespace(cluster);
  if (!found) return "";
  if (!isMade(found)) return `; namespace "${name}" stays: the lab has not made it`;
  if (!isEnding(found)) {
    const foreign = await listOtherObjects(cluster);
    if (foreign.length > 0) return `; namespace "${name}" stays: it holds ${foreign.slice(0, 3).join(", ")}`;
    await core.deleteNamespace({ name });
  }
  await gone(cluster, signal);
  return `; namespace "${name}" is removed too`;
}
