import { Fault } from "../fault.ts";
import type { ClusterDriver, Driver } from "./driver.ts";

/** Reports that the process ring is missing: a bundled lab is one file, without the programs to run as local processes. */
function absent(error: unknown): never {
  if (
    !(
      error instanceof Error &&
      "code" in error &&
      error.code === "ERR_MODULE_NOT_FOUND" &&
      error.message.includes("process/process-driver")
    )
  )
    throw error;
  throw new Fault(
    2,
    "local processes are not in this installation of the lab; take a clone of the repository for them, or --on kubernetes or --on minikube",
  );
}

/** The rings. Each one is imported only when it is selected. A new ring is one more row. */
const table = {
  process: async () => (await import("./process/process-driver.ts").catch(absent)).ring,
  kubernetes: async () => (await import("./kubernetes/kubernetes-driver.ts")).ring,
  minikube: async () => (await import("./minikube/minikube-driver.ts")).ring,
} satisfies Record<string, () => Promise<Driver>>;

export type RingName = keyof typeof table;

export const ringNames = Object.keys(table) as RingName[];

export const findDriver = (name: RingName): Promise<Driver> => table[name]();

/** The rings that create their own cluster. */
const clusters = {
  minikube: async () => (await import("./minikube/cluster.ts")).cluster,
} satisfies Partial<Record<RingName, () => Promise<ClusterDriver>>>;

export type ClusterName = keyof typeof clusters;

export const clusterNames = Object.keys(clusters) as ClusterName[];

export const findCluster = (name: ClusterName): Promise<ClusterDriver> => clusters[name]();
