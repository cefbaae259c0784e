import { PatchStrategy, type V1Deployment } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/connect.ts";
import { fieldManager } from "../cluster/kinds.ts";
import type { Wait } from "../watch/wait.ts";

const seconds = 120;

/** Sets a Deployment's replicas. */
export function setReplicas({ objects, namespace }: Cluster, name: string, replicas: number): Promise<V1Deployment> {
  // With the field manager of `up`: another manager would own the field beyond the verification.
  return objects.patch<V1Deployment>(
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace }, spec: { replicas } } as V1Deployment,
    undefined,
    undefined,
    fieldManager,
    undefined,
    PatchStrategy.MergePatch,
  );
}

/**
 * Scales a Deployment and waits until all replicas are ready, or all pods are gone.
 *
 * @throws {Fault} when the rollout cannot succeed
 */
export async function scale(cluster: Cluster, wait: Wait, name: string, replicas: number): Promise<void> {
  const deployment = await setReplicas(cluster, name, replicas);
  const generation = deployment.metadata?.generation ?? 0;
  await wait.until<boolean>(`deployment "${name}"`, seconds, ({ deployments }) => {
    const seen = deployments.find(({ metadata }) => metadata?.name === name);
    const current = seen?.status?.observedGeneration ?? 0;
    return current >= generation ? { value: true } : { seen: `generation ${current} of ${generation}` };
  });
  if (replicas === 0) await wait.noPods(deployment.spec?.selector.matchLabels ?? {}, seconds);
  else await wait.deployment(name, seconds);
}
