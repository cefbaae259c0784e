import { Fault } from "../../fault.ts";
import { until } from "../../until.ts";
import type { Place, Surroundings } from "../driver.ts";
import { apiLine, type Cluster, isNotFound } from "./cluster.ts";
import { admit } from "./guard.ts";
import { listOurs, remove } from "./objects.ts";
import { label } from "./plan.ts";
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

/**
 * Removes all that bears our label from a namespace, and waits until objects and volumes are gone.
 *
 * @param keep leaves claims and Secrets, and with them all data
 */
export async function down(place: Place, keep: boolean, { screen, signal }: Surroundings): Promise<void> {
  const cluster = await admit(place, screen);
  const stays = ({ kind }: { kind?: string }): boolean =>
    keep && (kind === "PersistentVolumeClaim" || kind === "Secret");
  const found = (await listOurs(cluster)).filter((object) => !stays(object));
  const claims = found.flatMap(({ kind, metadata }) =>
    kind === "PersistentVolumeClaim" ? [metadata?.name ?? ""] : [],
  );
  // Who may not list volumes can remove claims all the same.
  const volumes = claims.length > 0 ? await findVolumes(cluster).catch(() => []) : [];
  await sweepStrangers(cluster);
  for (const object of found.reverse()) {
    signal.throwIfAborted();
    await remove(cluster, object);
  }
  await until<void>("the removal", { seconds: goneSeconds, everyMs: 500, signal }, async () => {
    const left = (await listOurs(cluster)).filter((object) => !stays(object));
    if (left.length > 0) return { seen: `${left.length} objects are left: ${left.slice(0, 5).map(label).join(", ")}` };
    for (const name of volumes) if (await volumeExists(cluster, name)) return { seen: `volume "${name}" is left` };
    return { value: undefined };
  }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Fault(2, apiLine(error));
  });
  screen.print(
    found.length > 0
      ? `removed ${found.length} objects and ${volumes.length} volumes from namespace "${cluster.namespace}"; nothing of ours is left${keep ? " but claims and Secrets" : ""}`
      : `nothing to do: nothing of ours in namespace "${cluster.namespace}"`,
  );
}
