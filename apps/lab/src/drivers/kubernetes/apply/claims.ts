import { type KubernetesObject, StorageV1Api, type V1PersistentVolume } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { apiLine, type Cluster, isNotFound } from "../cluster/connect.ts";
import { gone, remove } from "../cluster/objects.ts";
import { lookInto } from "../reach/volume-content.ts";

/** How long a claim with immediate binding may take to bind. */
const boundSeconds = 15;
/** How long a provisioner may take to delete a released volume. It deletes a folder on a node at once or never. */
const goneSeconds = { folder: 15, other: 180 };

export const isClaim = ({ kind }: KubernetesObject): boolean => kind === "PersistentVolumeClaim";

/** A volume that is deleted together with its claim. */
export interface Volume {
  name: string;
  uid: string | undefined;
  claim: string;
  /** The folder on a node, if the volume is one. The next claim of the same name may get the same folder. */
  folder: string | undefined;
}

const toVolume = ({ metadata, spec }: V1PersistentVolume): Volume => ({
  name: metadata?.name ?? "",
  uid: metadata?.uid,
  claim: spec?.claimRef?.name ?? "",
  folder: spec?.hostPath?.path ?? spec?.local?.path,
});

const isDeletable = ({ spec }: V1PersistentVolume): boolean => spec?.persistentVolumeReclaimPolicy === "Delete";

/** Finds the volumes of claims. It matches by UID, since an earlier claim may have had the same name. */
export async function findVolumes({ core }: Cluster, claims: KubernetesObject[]): Promise<Volume[]> {
  const uids = new Set(claims.map(({ metadata }) => metadata?.uid));
  const { items } = await core.listPersistentVolume();
  return items.filter((each) => isDeletable(each) && uids.has(each.spec?.claimRef?.uid)).map(toVolume);
}

/** Tells people which volume is left, why, and how to remove it. */
const tell = ({ context }: Cluster, { name, claim, folder }: Volume, why: string): string =>
  `volume "${name}" of claim "${claim}" is left, ${why}; remove it with: kubectl delete pv ${name} --context ${context}${folder ? `, and on its node the folder ${folder}, which the next claim of that name would be given` : ""}`;

/** Reports the released volumes of the namespace. Their claims are gone, so their owner is no longer known. */
export async function tellReleased(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.core.listPersistentVolume();
  return items
    .filter((each) => isDeletable(each) && !each.metadata?.deletionTimestamp && each.status?.phase === "Released")
    .filter(({ spec }) => spec?.claimRef?.namespace === cluster.namespace)
    .map((each) => tell(cluster, toVolume(each), "no provisioner deletes it and its claim was gone before"));
}

async function exists({ core }: Cluster, { name, uid }: Volume): Promise<boolean> {
  return core.readPersistentVolume({ name }).then(
    ({ metadata }) => metadata?.uid === uid,
    (error) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}

/** Waits for a provisioner to delete a volume. Returns whether it did. */
const isRemoved = (cluster: Cluster, volume: Volume, signal: AbortSignal): Promise<boolean> => {
  const seconds = volume.folder ? goneSeconds.folder : goneSeconds.other;
  return until<boolean>("the removal", { seconds, everyMs: 300, signal }, async () =>
    (await exists(cluster, volume)) ? { seen: "it is left" } : { value: true },
  ).catch((error) => {
    if (signal.aborted) throw error;
    return false;
  });
};

/** Removes a released volume. If no provisioner deletes it, as after a restart of minikube's, the lab does once it is empty. */
async function removeVolume(
  cluster: Cluster,
  volume: Volume,
  full: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const { name, uid } = volume;
  if (await isRemoved(cluster, volume, signal)) return [];
  if (full !== undefined) return [tell(cluster, volume, `no provisioner deletes it and ${full}`)];
  try {
    await cluster.core.deletePersistentVolume({ name, body: { preconditions: { uid } } });
  } catch (error) {
    if (!isNotFound(error)) return [tell(cluster, volume, `empty, but may not be deleted: ${apiLine(error)}`)];
  }
  return [];
}

/** Empties the folders of claims. Returns why a folder is not empty, by claim. */
async function empty(cluster: Cluster, claims: string[], image: string | undefined, signal: AbortSignal) {
  const told = (why: (claim: string) => string | undefined) =>
    Object.fromEntries(claims.map((claim) => [claim, why(claim)]));
  if (claims.length === 0) return {};
  if (!image) return told(() => "it could not be emptied, since no lab is here whose image could do that");
  try {
    const left = await lookInto(cluster, claims, image, true, signal);
    return told((claim) => (left[claim]?.length ? `it still holds ${left[claim]?.join(", ")}` : undefined));
  } catch (error) {
    signal.throwIfAborted();
    return told(() => `it could not be emptied: ${apiLine(error)}`);
  }
}

/**
 * Removes claims and their volumes with all content. The pods that used them must be gone.
 *
 * @param image the exporter's image, whose Node.js empties the folders
 * @returns a line for each volume that is left
 */
export async function removeClaims(
  cluster: Cluster,
  claims: KubernetesObject[],
  volumes: Volume[],
  image: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const folders = volumes.filter(({ folder }) => folder).map(({ claim }) => claim);
  const full: Record<string, string | undefined> = await empty(cluster, folders, image, signal);
  await Promise.all(claims.map((claim) => remove(cluster, claim)));
  await gone(cluster, claims, signal);
  const removals = volumes.map((volume) =>
    removeVolume(cluster, volume, volume.folder ? full[volume.claim] : "it may hold the lab's data", signal),
  );
  return (await Promise.all(removals)).flat();
}

/** Whether a claim binds immediately to a folder on a node. A claim that waits for its first consumer is not forced to bind. */
async function isFolder({ core, config, namespace }: Cluster, name: string, signal: AbortSignal): Promise<boolean> {
  const read = () => core.readNamespacedPersistentVolumeClaim({ name, namespace });
  const { storageClassName } = (await read()).spec ?? {};
  if (!storageClassName) return false;
  const storage = await config.makeApiClient(StorageV1Api).readStorageClass({ name: storageClassName });
  if (storage.volumeBindingMode !== "Immediate") return false;
  const wait = { seconds: boundSeconds, everyMs: 200, signal };
  const volume = await until<string>(`the volume of claim "${name}"`, wait, async () => {
    const { spec, status } = await read();
    return spec?.volumeName && status?.phase === "Bound" ? { value: spec.volumeName } : { seen: `${status?.phase}` };
  });
  return toVolume(await core.readPersistentVolume({ name: volume })).folder !== undefined;
}

/**
 * Finds what new claims already hold. A provisioner may give the same folder to successive claims, content included.
 *
 * @returns the file names in each claim that is not empty; claims that cannot be inspected are left out
 */
export async function findContent(
  cluster: Cluster,
  claims: string[],
  image: string | undefined,
  signal: AbortSignal,
): Promise<[claim: string, names: string[]][]> {
  try {
    const looks = await Promise.all(claims.map((claim) => isFolder(cluster, claim, signal)));
    const folders = claims.filter((_, index) => looks[index]);
    if (folders.length === 0 || !image) return [];
    return Object.entries(await lookInto(cluster, folders, image, false, signal)).filter(
      ([, names]) => names.length > 0,
    );
  } catch {
    signal.throwIfAborted();
    return []; // a user who may not read classes and volumes can still start a lab; other failures show in its pods
  }
}
