import { hostname } from "node:os";
import { CoordinationV1Api, type V1Lease, V1MicroTime } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { apiLine, type Cluster, isNotFound, status } from "../cluster/connect.ts";

const name = "flipt-sidecar-lab-verify";
/** A Lease expires after this time without renewal, so that a killed verification frees it. */
const lastingSeconds = 60;
const renewEveryMs = 15_000;

const me = `process ${process.pid} on ${hostname()}`;
const coordination = ({ config }: Cluster): CoordinationV1Api => config.makeApiClient(CoordinationV1Api);
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, "");

/** Returns when a Lease expires, in milliseconds since 1970; 0 when nobody holds it. */
export function freeAt({ spec }: V1Lease): number {
  const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = spec ?? {};
  return holderIdentity && renewTime ? new Date(renewTime).getTime() + leaseDurationSeconds * 1000 : 0;
}

/** @throws {Fault} when another process holds the Lease at the time `now` */
export function insistOnFree(lease: V1Lease, namespace: string, now: number): void {
  const free = freeAt(lease);
  const { holderIdentity, acquireTime } = lease.spec ?? {};
  if (free <= now) return;
  throw new Fault(
    2,
    `another verify is at the lab in namespace "${namespace}": ${holderIdentity}, since ${iso(new Date(acquireTime ?? 0).getTime())}; wait for its end; if it was killed, the lab is free at ${iso(free)}`,
  );
}

/** Acquires the Lease, unless another process holds it. */
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
    // With the resourceVersion that was read: of two concurrent writers, one gets 409 and retries.
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
 * Holds the lab of a namespace for one verification. It renews a Lease until it is released.
 *
 * @param lost receives a line when another process takes the Lease, because this machine slept until it expired
 * @returns a function that releases the Lease
 * @throws {Fault} when another process holds the Lease, or the kubeconfig's user may not write Leases
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
        // Other errors are retried at the next renewal. A Lease that is gone or held by another process is lost.
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
    // The preconditions match only this process's last write, so that another holder's Lease stays.
    await api
      .deleteNamespacedLease({ name, namespace, body: { preconditions: { uid, resourceVersion } } })
      .catch(() => {});
  };
}

/** Removes a left-over Lease. A user who may not delete Leases has not written one. */
export async function removeLease(cluster: Cluster): Promise<void> {
  await coordination(cluster)
    .deleteNamespacedLease({ name, namespace: cluster.namespace })
    .catch((error) => {
      if (!isNotFound(error) && status(error) !== 403) throw error;
    });
}
