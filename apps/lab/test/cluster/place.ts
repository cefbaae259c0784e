import { type Finished, type Running, repository, start } from "../../../../testing/process.ts";
import { type Cluster, connect, isNotFound } from "../../src/drivers/kubernetes/cluster/connect.ts";
import { ours } from "../../src/drivers/kubernetes/cluster/kinds.ts";
import { readNamespace } from "../../src/drivers/kubernetes/cluster/namespace.ts";
import { listOurs } from "../../src/drivers/kubernetes/cluster/objects.ts";
import { oneLine } from "../../src/fault.ts";

const { CLUSTER_CONTEXT, CLUSTER_NAMESPACE = "lab-test", CLUSTER_FLIPT, KUBECONFIG } = process.env;

/** The emulator, unless CLUSTER_FLIPT=real asks for Flipt's own image. */
export const fliptComponent = CLUSTER_FLIPT === "real" ? [] : ["--component", "flipt-emulator"];

/** A namespace of the cluster that the tests run on, and `lab` in it. */
export class Place {
  readonly cluster: Cluster;
  readonly args: string[];

  private constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.args = ["--on", "kubernetes", "--context", cluster.context, "--namespace", cluster.namespace];
  }

  /** @param suffix keeps the namespaces of the test files apart; without a cluster the process ends */
  static async reach(suffix = ""): Promise<Place> {
    try {
      const namespace = `${CLUSTER_NAMESPACE}${suffix}`;
      return new Place(
        await connect({ dir: ".", namespace, ...(CLUSTER_CONTEXT && { context: CLUSTER_CONTEXT }) }, process.env),
      );
    } catch (error) {
      console.error(`test:cluster needs a cluster with the lab's images: ${oneLine(error)}`);
      process.exit(1);
    }
  }

  /** Starts `lab` with what says where. */
  start([command = "", ...rest]: string[], env: Record<string, string> = {}): Running {
    return start(process.execPath, {
      args: [repository("apps/lab/bin.js"), command, ...this.args, ...rest],
      env: { ...(KUBECONFIG && { KUBECONFIG }), ...env },
    });
  }

  lab(args: string[], env: Record<string, string> = {}): Promise<Finished> {
    return this.start(args, env).finished;
  }

  /** What is there of ours: objects, volumes, and the namespace when `up` has made it. */
  async leftovers(): Promise<string[]> {
    const { core, namespace } = this.cluster;
    const volumes = (await core.listPersistentVolume()).items.filter(
      ({ spec }) => spec?.claimRef?.namespace === namespace,
    );
    const made = (await readNamespace(this.cluster))?.metadata;
    return [
      ...(await listOurs(this.cluster)).map(({ kind, metadata }) => `${kind} "${metadata?.name}"`),
      ...volumes.map(({ metadata }) => `volume "${metadata?.name}"`),
      ...(made?.labels?.[ours.name] === ours.value ? [`namespace "${namespace}"`] : []),
    ];
  }

  /** Removes the namespace whatever it holds. */
  async remove(): Promise<void> {
    const { core, namespace: name } = this.cluster;
    await core.deleteNamespace({ name }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }
}
