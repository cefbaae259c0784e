// The command line on a real cluster. CLUSTER_CONTEXT says which; CLUSTER_NAMESPACE where; images are loaded before.
import { rm } from "node:fs/promises";
import * as assert from "uvu/assert";
import { type Finished, repository, run } from "../../../../testing/process.ts";
import { type Cluster, connect } from "../../src/drivers/kubernetes/cluster.ts";
import { ours } from "../../src/drivers/kubernetes/kinds.ts";
import { oneLine } from "../../src/fault.ts";

const { CLUSTER_CONTEXT: wanted, CLUSTER_NAMESPACE, CLUSTER_FLIPT, KUBECONFIG } = process.env;

/** The emulator, unless CLUSTER_FLIPT=real asks for Flipt's own image. */
export const fliptComponent = CLUSTER_FLIPT === "real" ? [] : ["--component", "flipt-emulator"];

async function reach(namespace: string): Promise<Cluster> {
  try {
    return await connect({ dir: ".", namespace, ...(wanted && { context: wanted }) });
  } catch (error) {
    console.error(`test:cluster needs a cluster with the lab's images: ${oneLine(error)}`);
    process.exit(1);
  }
}

/** `lab` in one namespace. */
export interface ClusterLab {
  cluster: Cluster;
  /** Runs `lab` and insists on its exit code. */
  lab(what: string, mode: string, args: string[], code?: number): Promise<Finished>;
  /** Removes what the tests have left, and says how long each command took. */
  end(): Promise<void>;
}

/** @param suffix keeps the namespaces of several files apart */
export async function clusterLab(suffix = ""): Promise<ClusterLab> {
  const namespace = `${CLUSTER_NAMESPACE ?? "lab-test"}${suffix}`;
  const cluster = await reach(namespace);
  const place = ["--on", "kubernetes", "--context", cluster.context, "--namespace", namespace];
  const measured: [string, string, number][] = [];
  return {
    cluster,
    async lab(what, mode, args, code = 0) {
      const started = Date.now();
      const [command = "", ...rest] = args;
      const finished = await run(process.execPath, {
        args: [repository("apps/lab/bin.js"), command, ...place, ...rest],
        env: KUBECONFIG ? { KUBECONFIG } : {},
      });
      measured.push([mode, what, (Date.now() - started) / 1000]);
      assert.is(finished.code, code, `lab ${args.join(" ")}\n${finished.stdout}${finished.stderr}`);
      return finished;
    },
    async end() {
      await rm(".lab-failure", { recursive: true, force: true });
      const { metadata } = await cluster.core.readNamespace({ name: namespace });
      // Only a namespace that `up` has made.
      if (metadata?.labels?.[ours.name] === ours.value) await cluster.core.deleteNamespace({ name: namespace });
      for (const [mode, what, seconds] of measured)
        console.log(`measured ${mode.padEnd(12)} ${what.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
    },
  };
}
