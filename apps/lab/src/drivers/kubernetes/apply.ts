import { type KubernetesObject, PatchStrategy, type V1Job } from "@kubernetes/client-node";
import { Fault } from "../../fault.ts";
import { until } from "../../until.ts";
import { apiLine, type Cluster, isNotFound, status } from "./cluster.ts";
import { fieldManager, kinds, ours, selector } from "./kinds.ts";
import type { Manifest } from "./manifests.ts";
import { hasChanged, isOurs, label, order } from "./plan.ts";

const goneSeconds = 120;

/** All objects of ours in the namespace, of the kinds that a lab consists of. */
export async function listOurs({ objects, namespace }: Cluster): Promise<KubernetesObject[]> {
  const lists = await Promise.all(
    kinds.map(async ({ apiVersion, kind }) => {
      const { items } = await objects.list(
        apiVersion,
        kind,
        namespace,
        undefined,
        undefined,
        undefined,
        undefined,
        selector,
      );
      return items.map((item) => ({ ...item, apiVersion, kind }));
    }),
  );
  return lists.flat();
}

/** Whether an object is still there. */
async function read({ objects, namespace }: Cluster, { apiVersion, kind, metadata }: KubernetesObject) {
  const header = { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace } };
  return objects.read(header).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/**
 * Waits until objects are gone.
 *
 * @throws {Error} that names one that is left
 */
export function gone(cluster: Cluster, objects: KubernetesObject[], signal: AbortSignal): Promise<void> {
  return until<void>("the removal", { seconds: goneSeconds, everyMs: 300, signal }, async () => {
    for (const object of objects) {
      const left = await read(cluster, object);
      if (left && left.metadata?.uid === object.metadata?.uid)
        return { seen: `${label(object)} is still there; what holds it: ${left.metadata?.finalizers ?? "its pods"}` };
    }
    return { value: undefined };
  });
}

/** Removes an object; its pods and Jobs follow. One that is gone already is no fault. */
export async function remove({ objects, namespace }: Cluster, object: KubernetesObject): Promise<void> {
  const { apiVersion, kind } = object;
  const header = { apiVersion, kind, metadata: { name: object.metadata?.name, namespace } };
  await objects.delete(header, undefined, undefined, undefined, undefined, "Background").catch((error) => {
    if (!isNotFound(error)) throw error;
  });
}

const patch = ({ objects, namespace }: Cluster, manifest: Manifest): Promise<KubernetesObject> =>
  objects.patch(
    { ...manifest, metadata: { ...manifest.metadata, namespace } } as KubernetesObject,
    undefined,
    undefined,
    fieldManager,
    true,
    PatchStrategy.ServerSideApply,
  );

/** Whether a Job has given up, or has not come to a pod: applied again it would stay so, or try again only after minutes. */
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
    // A Job's template cannot be changed: another one means another run.
    if (before && manifest.kind === "Job" && status(error) === 422) return anew(before);
    throw new Fault(2, `${label(manifest)} was refused: ${apiLine(error)}`);
  }
}

/** @throws {Fault} when a name is taken by an object that is not ours */
async function insistOnOurs(cluster: Cluster, manifests: Manifest[], known: Map<string, KubernetesObject>) {
  for (const manifest of manifests) {
    if (known.has(label(manifest))) continue;
    const other = await read(cluster, manifest);
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
 * Applies the rendered objects, in their order, as field manager of our own.
 *
 * @param existing what is there of ours
 */
export async function apply(
  cluster: Cluster,
  manifests: Manifest[],
  existing: KubernetesObject[],
  signal: AbortSignal,
): Promise<Counts> {
  const known = new Map(existing.map((object) => [label(object), object]));
  const counts: Counts = { created: 0, changed: 0, unchanged: 0 };
  const groups = order(manifests);
  await insistOnOurs(cluster, manifests, known);
  for (const group of groups) {
    signal.throwIfAborted();
    const outcomes = await Promise.all(
      group.map((manifest) => applyOne(cluster, manifest, known.get(label(manifest)), signal)),
    );
    for (const outcome of outcomes) counts[outcome] += 1;
  }
  return counts;
}
