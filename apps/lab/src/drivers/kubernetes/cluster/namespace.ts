import type { V1Namespace } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { type Cluster, isNotFound } from "./connect.ts";
import { ours } from "./kinds.ts";
import { listOtherObjects } from "./other-objects.ts";

const mark = { name: "flipt-sidecar-lab/made-by", value: "lab-up" } as const;
const seconds = 120;

/** The namespace of a lab; undefined when there is none. */
export const readNamespace = ({ core, namespace }: Cluster): Promise<V1Namespace | undefined> =>
  core.readNamespace({ name: namespace }).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** Whether `lab up` has made a namespace: that somebody has labelled it so is not enough to remove it. */
const isMade = ({ metadata }: V1Namespace): boolean => metadata?.annotations?.[mark.name] === mark.value;

const isEnding = ({ metadata }: V1Namespace): boolean => metadata?.deletionTimestamp !== undefined;

/** Waits until a namespace is gone; what is in it goes with it. */
async function gone(cluster: Cluster, signal: AbortSignal): Promise<void> {
  await until<void>(`the removal of namespace "${cluster.namespace}"`, { seconds, everyMs: 300, signal }, async () => {
    const left = await readNamespace(cluster);
    if (!left) return { value: undefined };
    const conditions = left.status?.conditions?.filter(({ status }) => status === "True") ?? [];
    return { seen: conditions.map(({ message }) => message).join("; ") || "it is being removed" };
  });
}

/** Makes the namespace where it is absent: ours, and guarded by Pod Security. One that is being removed is waited for. */
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
 * Removes a namespace that `up` has made and that holds nothing any more.
 *
 * @returns what became of it, for people
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
