import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/connect.ts";
import { selector } from "../cluster/kinds.ts";

/** The part of a kubelet's `/stats/summary` that is read. */
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

/** What a container of ours uses, as the kubelet measured it last: about each ten seconds. */
export interface ContainerUsage {
  pod: V1Pod;
  container: string;
  /** The working set, in bytes. */
  memory: number;
  /** Seconds of processor time since its start. */
  cpu: number;
  /** When it was measured, as the kubelet words it. */
  time: string;
}

async function readNode({ core }: Cluster, name: string): Promise<Summary> {
  const answer: unknown = await core.connectGetNodeProxyWithPath({ name, path: "stats/summary" });
  return (typeof answer === "string" ? JSON.parse(answer) : answer) as Summary;
}

/** All pods of ours, and what is measured of their containers. */
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
