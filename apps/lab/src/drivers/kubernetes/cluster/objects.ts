import type { KubernetesObject } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { label } from "../apply/plan.ts";
import { type Cluster, isNotFound } from "./connect.ts";
import { kinds, selector } from "./kinds.ts";

const goneSeconds = 120;

/** Lists the lab's objects in the namespace, of all kinds that a lab may consist of. */
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

/** Reads an object's current state. Returns undefined when it is gone. */
export async function read({ objects, namespace }: Cluster, { apiVersion, kind, metadata }: KubernetesObject) {
  const header = { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace } };
  return objects.read(header).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/**
 * Waits until objects are gone.
 *
 * @throws {Error} that names an object that is left
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

/** Deletes an object in the foreground: its dependents go first, and nothing recreates them. An absent object is no error. */
export async function remove({ objects, namespace }: Cluster, object: KubernetesObject): Promise<void> {
  const { apiVersion, kind } = object;
  const header = { apiVersion, kind, metadata: { name: object.metadata?.name, namespace } };
  await objects.delete(header, undefined, undefined, undefined, undefined, "Foreground").catch((error) => {
    if (!isNotFound(error)) throw error;
  });
}
