import type { KubernetesObject } from "@kubernetes/client-node";
import { Fault } from "../../fault.ts";
import { until } from "../../until.ts";
import type { Place, Surroundings } from "../driver.ts";
import { apiLine, type Cluster, isNotFound } from "./cluster.ts";
import { admit, describe } from "./guard.ts";
import { removeNamespace } from "./namespace.ts";
import { listOurs, remove } from "./objects.ts";
import { label, roots } from "./plan.ts";
import { sweepStrangers } from "./stranger.ts";

const goneSeconds = 180;

/** The volumes that are removed together with their claims. */
async function findVolumes({ core, namespace }: Cluster): Promise<string[]> {
  const { items } = await core.listPersistentVolume();
  return items
    .filter(({ spec }) => spec?.claimRef?.namespace === namespace && spec.persistentVolumeReclaimPolicy === "Delete")
    .map(({ metadata }) => metadata?.name ?? "");
}

const volumeExists = ({ core }: Cluster, name: string): Promise<boolean> =>
  core.readPersistentVolume({ name }).then(
    () => true,
    (error) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );

/** Waits until objects and volumes are gone. */
async function insistOnGone(
  cluster: Cluster,
  volumes: string[],
  concerns: (object: KubernetesObject) => boolean,
  signal: AbortSignal,
): Promise<void> {
  await until<void>("the removal", { seconds: goneSeconds, everyMs: 300, signal }, async () => {
    const left = (await listOurs(cluster)).filter(concerns);
    if (left.length > 0) return { seen: `${left.length} objects are left: ${left.slice(0, 5).map(label).join(", ")}` };
    for (const name of volumes) if (await volumeExists(cluster, name)) return { seen: `volume "${name}" is left` };
    return { value: undefined };
  }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Fault(2, apiLine(error));
  });
}

/**
 * Removes all that bears our label from a namespace, waits until objects and volumes are gone, and removes the namespace
 * where `up` has made it and nothing else is in it.
 *
 * @param keep leaves claims and Secrets, and with them all data
 * @returns what was removed, for people
 */
export async function takeDown(cluster: Cluster, keep: boolean, signal: AbortSignal): Promise<string> {
  const goes = ({ kind }: KubernetesObject): boolean =>
    !keep || (kind !== "PersistentVolumeClaim" && kind !== "Secret");
  const found = (await listOurs(cluster)).filter(goes);
  // Who may not list volumes can remove claims all the same.
  const volumes = found.some(({ kind }) => kind === "PersistentVolumeClaim")
    ? await findVolumes(cluster).catch(() => [])
    : [];
  await sweepStrangers(cluster);
  signal.throwIfAborted();
  // At once, since nobody needs another one any more.
  await Promise.all(roots(found).map((object) => remove(cluster, object)));
  await insistOnGone(cluster, volumes, goes, signal);
  const namespace = keep ? "" : await removeNamespace(cluster, signal);
  if (found.length === 0) return `nothing to do: nothing of ours in namespace "${cluster.namespace}"${namespace}`;
  return `removed ${found.length} objects and ${volumes.length} volumes from namespace "${cluster.namespace}"; nothing of ours is left${keep ? " but claims and Secrets" : ""}${namespace}`;
}

/** Removes a lab from a namespace that may be changed. */
export async function down(place: Place, keep: boolean, { env, screen, signal }: Surroundings): Promise<void> {
  const cluster = await admit(place, env);
  screen.print(describe(cluster));
  screen.print(await takeDown(cluster, keep, signal));
}
