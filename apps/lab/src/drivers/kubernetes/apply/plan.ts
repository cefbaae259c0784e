import type { KubernetesObject, V1Pod } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { kinds, ours } from "../cluster/kinds.ts";
import type { Manifest } from "./manifests.ts";

export const label = ({ kind, metadata }: KubernetesObject): string => `${kind} "${metadata?.name}"`;

export const isOurs = ({ metadata }: KubernetesObject): boolean => metadata?.labels?.[ours.name] === ours.value;

/** Whether a controller creates and removes an object, as a CronJob does with its Jobs. */
const isManaged = ({ metadata }: KubernetesObject): boolean =>
  metadata?.ownerReferences?.some(({ controller }) => controller) === true;

/** The objects without a controller. The others are garbage-collected with their owner. */
export const roots = (objects: KubernetesObject[]): KubernetesObject[] => objects.filter((each) => !isManaged(each));

/**
 * Groups the rendered objects in the order of applying. Objects of one group do not depend on each other.
 *
 * @throws {Fault} for an unknown kind or an object without the lab's label: the lab could never remove it again
 */
export function order(manifests: Manifest[]): Manifest[][] {
  for (const manifest of manifests) {
    if (!kinds.some(({ kind, apiVersion }) => kind === manifest.kind && apiVersion === manifest.apiVersion))
      throw new Fault(3, `${label(manifest)} (${manifest.apiVersion}) is of no kind that the lab can remove again`);
    if (!isOurs(manifest)) throw new Fault(3, `${label(manifest)} lacks the label ${ours.name}: ${ours.value}`);
  }
  return kinds
    .map(({ kind }) => manifests.filter((manifest) => manifest.kind === kind))
    .filter((group) => group.length > 0);
}

/** Returns the Secrets that pods cannot start without, and the keys of each that they reference. */
export function requiredKeys(manifests: Manifest[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (value && typeof value === "object") {
      for (const [field, item] of Object.entries(value)) {
        const reference = item as { name?: string; secretName?: string; key?: string; optional?: boolean } | null;
        const name =
          field === "secretKeyRef" || field === "secretRef"
            ? reference?.name
            : field === "secret"
              ? (reference?.secretName ?? reference?.name)
              : undefined;
        if (name && !reference?.optional) {
          const keys = found.get(name) ?? new Set();
          found.set(name, reference?.key ? keys.add(reference.key) : keys);
        }
        visit(item);
      }
    }
  };
  visit(manifests.map(({ spec }) => spec));
  return found;
}

/** The names of the Secrets that pods cannot start without. */
export const requiredSecrets = (manifests: Manifest[]): string[] => [...requiredKeys(manifests).keys()].sort();

/** Returns the lab's objects to remove: those neither rendered, nor Secrets in use, nor managed by a controller. */
export function prune(existing: KubernetesObject[], manifests: Manifest[], secrets: string[]): KubernetesObject[] {
  const kept = new Set([...manifests.map(label), ...secrets.map((name) => `Secret "${name}"`)]);
  return existing.filter((object) => isOurs(object) && !isManaged(object) && !kept.has(label(object)));
}

/** Whether an apply changed an object. It compares `metadata.generation` where the kind has one, else `resourceVersion`. */
export function hasChanged(before: KubernetesObject, after: KubernetesObject): boolean {
  const { generation } = after.metadata ?? {};
  if (generation !== undefined) return before.metadata?.generation !== generation;
  return before.metadata?.resourceVersion !== after.metadata?.resourceVersion;
}

/** The lab's pods that have ended but still reference a claim to remove. */
export function endedUsers(existing: KubernetesObject[], removed: KubernetesObject[]): KubernetesObject[] {
  const claims = new Set(
    removed.flatMap(({ kind, metadata }) => (kind === "PersistentVolumeClaim" ? metadata?.name : [])),
  );
  return existing.filter((object) => {
    if (object.kind !== "Pod" || !isOurs(object)) return false;
    const { spec, status } = object as V1Pod;
    const ended = status?.phase === "Succeeded" || status?.phase === "Failed";
    return ended && spec?.volumes?.some(({ persistentVolumeClaim }) => claims.has(persistentVolumeClaim?.claimName));
  });
}
