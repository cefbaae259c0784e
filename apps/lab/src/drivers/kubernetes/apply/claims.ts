import { type KubernetesObject, StorageV1Api, type V1PersistentVolume } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { apiLine, type Cluster, isNotFound } from "../cluster/connect.ts";
import { gone, remove } from "../cluster/objects.ts";
import { lookInto } from "../reach/volume-content.ts";

/** A volume that is made at once is there after so long. */
const boundSeconds = 15;
/** So long a provisioner has for removing a volume whose claim is gone. A folder of a node is removed at once, or never. */
const goneSeconds = { folder: 15, other: 180 };

export const isClaim = ({ kind }: KubernetesObject): boolean => kind === "PersistentVolumeClaim";

/** A volume that is removed together with its claim. */
export interface Volume {
  name: string;
  uid: string | undefined;
  claim: string;
  /** The folder of a node, where it is one: the next claim of the same name may be given the same folder. */
  folder: string | undefined;
}

const toVolume = ({ metadata, spec }: V1PersistentVolume): Volume => ({
  name: metadata?.name ?? "",
  uid: metadata?.uid,
  claim: spec?.claimRef?.name ?? "",
  folder: spec?.hostPath?.path ?? spec?.local?.path,
});

const isDeletable = ({ spec }: V1PersistentVolume): boolean => spec?.persistentVolumeReclaimPolicy === "Delete";

/** The volumes of claims, by the claims' identity: a name alone may be that of an earlier claim. */
export async function findVolumes({ core }: Cluster, claims: KubernetesObject[]): Promise<Volume[]> {
  const uids = new Set(claims.map(({ metadata }) => metadata?.uid));
  const { items } = await core.listPersistentVolume();
  return items.filter((each) => isDeletable(each) && uids.has(each.spec?.claimRef?.uid)).map(toVolume);
}

/** What a volume that nobody removes is, and how to remove it, for people. */
const tell = ({ context }: Cluster, { name, claim, folder }: Volume, why: string): string =>
  `volume "${name}" of claim "${claim}" is left, ${why}; remove it with: kubectl delete pv ${name} --context ${context}${folder ? `, and on its node the folder ${folder}, which the next claim of that name would be given` : ""}`;

/** Volumes of claims of the namespace that are gone already; whose they were is not known any more. */
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

/** Waits for a provisioner to remove a volume. */
const isRemoved = (cluster: Cluster, volume: Volume, signal: AbortSignal): Promise<boolean> => {
  const seconds = volume.folder ? goneSeconds.folder : goneSeconds.other;
  return until<boolean>("the removal", { seconds, everyMs: 300, signal }, async () =>
    (await exists(cluster, volume)) ? { seen: "it is left" } : { value: true },
  ).catch((error) => {
    if (signal.aborted) throw error;
    return false;
  });
};

/** Removes a volume whose claim is gone. What no provisioner removes, as after a restart of minikube's, goes by our hand once it is empty. */
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

/** Empties folders; why one is not empty, by claim. */
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
 * Removes claims and their volumes, content included. Whoever used them is gone.
 *
 * @param image the exporter's, whose Node empties the folders of nodes
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

/** Whether the volume of a claim is made at once, and is a folder of a node. One that waits for its pod is not hurried. */
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
 * Looks whether new claims are empty. A folder of a node may be given to one claim after the other, content included.
 *
 * @returns what is in those that are not, by claim; nothing of those that cannot be looked into
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
    return []; // who may not look at classes and volumes can start a lab all the same; what else failed shows in its pods
  }
}
