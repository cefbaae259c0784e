import { hostname } from "node:os";
import { CoordinationV1Api, type V1Lease, V1MicroTime } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { apiLine, type Cluster, isNotFound, status } from "../cluster/connect.ts";

const name = "flipt-sidecar-lab-verify";
/** After so long without a sign of its holder a Lease is free: a verification that was killed frees it by itself. */
const lastingSeconds = 60;
const renewEveryMs = 15_000;

const me = `process ${process.pid} on ${hostname()}`;
const coordination = ({ config }: Cluster): CoordinationV1Api => config.makeApiClient(CoordinationV1Api);
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, "");

/** When a Lease is free, in milliseconds since 1970; the past where nobody holds it. */
export function freeAt({ spec }: V1Lease): number {
  const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = spec ?? {};
  return holderIdentity && renewTime ? new Date(renewTime).getTime() + leaseDurationSeconds * 1000 : 0;
}

/** @throws {Fault} when somebody else holds the Lease at a moment */
export function insistOnFree(lease: V1Lease, namespace: string, now: number): void {
  const free = freeAt(lease);
  const { holderIdentity, acquireTime } = lease.spec ?? {};
  if (free <= now) return;
  throw new Fault(
    2,
    `another verify is at the lab in namespace "${namespace}": ${holderIdentity}, since ${iso(new Date(acquireTime ?? 0).getTime())}; wait for its end; if it was killed, the lab is free at ${iso(free)}`,
  );
}

/** Writes the Lease, unless somebody holds it or is faster. */
async function take(cluster: Cluster): Promise<V1Lease> {
  const { namespace } = cluster;
  const api = coordination(cluster);
  const now = new V1MicroTime();
  const spec = { holderIdentity: me, acquireTime: now, renewTime: now, leaseDurationSeconds: lastingSeconds };
  for (;;) {
    const found = await api.readNamespacedLease({ name, namespace }).catch((error) => {
      if (!isNotFound(error)) throw error;
      return undefined;
    });
    if (found) insistOnFree(found, namespace, Date.now());
    // With the version that was read: who comes at the same moment is refused with 409, and looks again.
    const body = { metadata: { name, resourceVersion: found?.metadata?.resourceVersion }, spec };
    try {
      return found
        ? await api.replaceNamespacedLease({ name, namespace, body })
        : await api.createNamespacedLease({ namespace, body });
    } catch (error) {
      if (status(error) !== 409) throw error;
    }
  }
}

/**
 * Holds the lab of a namespace for one verification, by a Lease that is renewed until it is given back.
 *
 * @param lost is told when another one has taken the lab all the same, because this machine slept for longer than a Lease lasts
 * @returns what gives it back
 * @throws {Fault} when another one holds it, or the kubeconfig's user may not write Leases
 */
export async function hold(cluster: Cluster, lost: (line: string) => void): Promise<() => Promise<void>> {
  const { namespace } = cluster;
  const api = coordination(cluster);
  let lease = await take(cluster).catch((error) => {
    if (status(error) !== 403) throw error;
    throw new Fault(2, `verify changes the lab that it proves and holds it by a Lease: ${apiLine(error)}`);
  });
  let renewing = Promise.resolve();
  const renew = async (): Promise<void> => {
    const body = { ...lease, spec: { ...lease.spec, renewTime: new V1MicroTime() } };
    await api.replaceNamespacedLease({ name, namespace, body }).then(
      (renewed) => {
        lease = renewed;
      },
      (error) => {
        // What does not come through is tried again; a Lease that is another one's, or gone, is lost.
        if (status(error) !== 409 && !isNotFound(error)) return;
        clearInterval(timer);
        lost(`the lab in namespace "${namespace}" is no longer held by this verify: ${apiLine(error)}`);
      },
    );
  };
  const timer = setInterval(() => {
    renewing = renewing.then(renew);
  }, renewEveryMs).unref();
  return async () => {
    clearInterval(timer);
    await renewing;
    const { uid, resourceVersion } = lease.metadata ?? {};
    // Only the one that this process has written last: another one's stays.
    await api
      .deleteNamespacedLease({ name, namespace, body: { preconditions: { uid, resourceVersion } } })
      .catch(() => {});
  };
}

/** Removes a Lease that was left. Who may not do that has not written it. */
export async function removeLease(cluster: Cluster): Promise<void> {
  await coordination(cluster)
    .deleteNamespacedLease({ name, namespace: cluster.namespace })
    .catch((error) => {
      if (!isNotFound(error) && status(error) !== 403) throw error;
    });
}
