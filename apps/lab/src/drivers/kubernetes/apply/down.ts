import type { KubernetesObject } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { until } from "../../../until.ts";
import type { Location, Runtime } from "../../driver.ts";
import { apiLine, type Cluster } from "../cluster/connect.ts";
import { admit, describe } from "../cluster/guard.ts";
import { removeNamespace } from "../cluster/namespace.ts";
import { listOurs, remove } from "../cluster/objects.ts";
import { removeLease } from "../lab/lease.ts";
import { sweepProbePods } from "../reach/probe-pod.ts";
import { imageOf } from "../reach/volume-content.ts";
import { findVolumes, isClaim, removeClaims, tellReleased } from "./claims.ts";
import { render } from "./manifests.ts";
import { label, roots } from "./plan.ts";

const goneSeconds = 180;

/** Waits until no matching object of the lab is left. */
async function insistOnGone(
  cluster: Cluster,
  concerns: (object: KubernetesObject) => boolean,
  signal: AbortSignal,
): Promise<void> {
  await until<void>("the removal", { seconds: goneSeconds, everyMs: 300, signal }, async () => {
    const left = (await listOurs(cluster)).filter(concerns);
    if (left.length > 0) return { seen: `${left.length} objects are left: ${left.slice(0, 5).map(label).join(", ")}` };
    return { value: undefined };
  }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Fault(2, apiLine(error));
  });
}

/**
 * Removes all objects with the lab's label from a namespace and waits until they and their volumes are gone. It removes the
 * namespace too if `up` created it and nothing else is in it.
 *
 * @param keep keeps claims and Secrets, and with them all data
 * @returns what was removed, for people
 * @throws {Fault} when a volume of the lab is left; everything else is removed by then
 */
export async function takeDown(cluster: Cluster, keep: boolean, signal: AbortSignal): Promise<string> {
  const goes = ({ kind }: KubernetesObject): boolean => !keep || (!isClaim({ kind }) && kind !== "Secret");
  const found = (await listOurs(cluster)).filter(goes);
  const claims = found.filter(isClaim);
  // A user who may not list volumes can still remove claims.
  const volumes = await findVolumes(cluster, claims).catch(() => []);
  // After `down --keep` no object names an image any more.
  const image = imageOf(found) ?? (volumes.length > 0 ? imageOf(await render("local", []).catch(() => [])) : undefined);
  await Promise.all([sweepProbePods(cluster), removeLease(cluster)]);
  signal.throwIfAborted();
  // In parallel: the order no longer matters.
  await Promise.all(roots(found.filter((each) => !isClaim(each))).map((object) => remove(cluster, object)));
  await insistOnGone(cluster, (each) => goes(each) && !isClaim(each), signal);
  const left = await removeClaims(cluster, claims, volumes, image, signal);
  await insistOnGone(cluster, goes, signal);
  const namespace = keep ? "" : await removeNamespace(cluster, signal);
  if (left.length > 0) throw new Fault(2, left.join("; "));
  const earlier = keep ? [] : await tellReleased(cluster).catch(() => []);
  const note = `${namespace}${earlier.map((line) => `\n${line}`).join("")}`;
  if (found.length === 0) return `nothing to do: nothing of ours in namespace "${cluster.namespace}"${note}`;
  return `removed ${found.length} objects and ${volumes.length} volumes from namespace "${cluster.namespace}"; nothing of ours is left${keep ? " but claims and Secrets" : ""}${note}`;
}

/** Removes the lab from a namespace, if the guard admits the cluster. */
export async function down(place: Location, keep: boolean, { env, screen, signal }: Runtime): Promise<void> {
  const cluster = await admit(place, env);
  screen.print(describe(cluster));
  screen.print(await takeDown(cluster, keep, signal));
}
