import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/connect.ts";
import { selector } from "../cluster/kinds.ts";

/** The fields of a kubelet's `/stats/summary` that the lab reads. */
interface Summary {
  pods?: {
    podRef: { name: string; namespace: string };
    containers?: {
      name: string;
      memory?: { time: string; workingSetBytes?: number };
      cpu?: { time: string; usageCoreNanoSeconds?: number };
    }[];
  }[];
}

/** The resource usage of a container, as the kubelet last measured it (about every ten seconds). */
export interface ContainerUsage {
  pod: V1Pod;
  container: string;
  /** The working set, in bytes. */
  memory: number;
  /** CPU seconds since the container's start. */
  cpu: number;
  /** When the kubelet measured it, in the kubelet's own format. */
  time: string;
}

async function readNode({ core }: Cluster, name: string): Promise<Summary> {
  const answer: unknown = await core.connectGetNodeProxyWithPath({ name, path: "stats/summary" });
  return (typeof answer === "string" ? JSON.parse(answer) : answer) as Summary;
}

/** Reads all pods of the lab and the usage of their containers. */
export async function readSummary(cluster: Cluster): Promise<{ pods: V1Pod[]; usages: ContainerUsage[] }> {
  const { core, namespace } = cluster;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: selector });
  const byName = new Map(items.map((pod) => [pod.metadata?.name ?? "", pod]));
  const nodes = new Set(items.flatMap(({ spec }) => spec?.nodeName ?? []));
  const summaries = await Promise.all([...nodes].map((node) => readNode(cluster, node)));
  const usages = summaries
    .flatMap(({ pods = [] }) => pods)
    .flatMap(({ podRef, containers = [] }) => {
      const pod = podRef.namespace === namespace ? byName.get(podRef.name) : undefined;
      return containers.flatMap(({ name, memory, cpu }) =>
        pod && memory?.workingSetBytes
          ? [
              {
                pod,
                container: name,
                memory: memory.workingSetBytes,
                cpu: (cpu?.usageCoreNanoSeconds ?? 0) / 1e9,
                time: memory.time,
              },
            ]
          : [],
      );
    });
  return { pods: items, usages };
}
