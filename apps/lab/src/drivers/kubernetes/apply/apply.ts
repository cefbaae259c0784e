import { type KubernetesObject, PatchStrategy, type V1Job } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { apiLine, type Cluster, status } from "../cluster/connect.ts";
import { fieldManager, ours } from "../cluster/kinds.ts";
import { gone, read, remove } from "../cluster/objects.ts";
import type { Manifest } from "./manifests.ts";
import { hasChanged, isOurs, label } from "./plan.ts";

const patch = ({ objects, namespace }: Cluster, manifest: Manifest): Promise<KubernetesObject> =>
  objects.patch(
    { ...manifest, metadata: { ...manifest.metadata, namespace } } as KubernetesObject,
    undefined,
    undefined,
    fieldManager,
    true,
    PatchStrategy.ServerSideApply,
  );

/** Whether a Job has failed, or has no pod. Applied again, it would stay so or retry only after minutes. */
const isStuck = (object: KubernetesObject): boolean => {
  const { status = {} } = object as V1Job;
  const { active, succeeded, failed, conditions = [] } = status;
  return (
    conditions.some(({ type, status }) => type === "Failed" && status === "True") || !(active || succeeded || failed)
  );
};

async function applyOne(
  cluster: Cluster,
  manifest: Manifest,
  before: KubernetesObject | undefined,
  signal: AbortSignal,
): Promise<"created" | "changed" | "unchanged"> {
  const anew = async (old: KubernetesObject): Promise<"changed"> => {
    await remove(cluster, old);
    await gone(cluster, [old], signal);
    await patch(cluster, manifest);
    return "changed";
  };
  if (before?.metadata?.deletionTimestamp || (before && manifest.kind === "Job" && isStuck(before)))
    return anew(before);
  try {
    const after = await patch(cluster, manifest);
    if (!before) return "created";
    return hasChanged(before, after) ? "changed" : "unchanged";
  } catch (error) {
    // A Job's template is immutable: a different one needs a new Job.
    if (before && manifest.kind === "Job" && status(error) === 422) return anew(before);
    throw new Fault(2, `${label(manifest)} was refused: ${apiLine(error)}`);
  }
}

/** @throws {Fault} when an object outside the lab has one of the names */
export async function insistOnOurs(cluster: Cluster, manifests: Manifest[], existing: KubernetesObject[]) {
  const known = new Set(existing.map(label));
  for (const manifest of manifests) {
    const other = known.has(label(manifest)) ? undefined : await read(cluster, manifest);
    if (other && !isOurs(other))
      throw new Fault(
        2,
        `${label(manifest)} in namespace "${cluster.namespace}" exists and lacks the label ${ours.name}: ${ours.value}; nothing was changed; take another one with: --namespace`,
      );
  }
}

export interface Counts {
  created: number;
  changed: number;
  unchanged: number;
}

/**
 * Applies the rendered objects server-side, group by group, under the lab's own field manager.
 *
 * @param existing the lab's objects that exist already
 */
export async function apply(
  cluster: Cluster,
  groups: Manifest[][],
  existing: KubernetesObject[],
  signal: AbortSignal,
): Promise<Counts> {
  const known = new Map(existing.map((object) => [label(object), object]));
  const counts: Counts = { created: 0, changed: 0, unchanged: 0 };
  for (const group of groups) {
    signal.throwIfAborted();
    const outcomes = await Promise.all(
      group.map((manifest) => applyOne(cluster, manifest, known.get(label(manifest)), signal)),
    );
    for (const outcome of outcomes) counts[outcome] += 1;
  }
  return counts;
}
