// The command line on a real cluster, each command measured.
import { rm } from "node:fs/promises";
import * as assert from "uvu/assert";
import type { Finished } from "../../../../testing/process.ts";
import type { Cluster } from "../../src/drivers/kubernetes/cluster/connect.ts";
import { Place } from "./place.ts";

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
  const place = await Place.reach(suffix);
  const measured: [string, string, number][] = [];
  return {
    cluster: place.cluster,
    async lab(what, mode, args, code = 0) {
      const started = Date.now();
      const finished = await place.lab(args);
      measured.push([mode, what, (Date.now() - started) / 1000]);
      assert.is(finished.code, code, `lab ${args.join(" ")}\n${finished.stdout}${finished.stderr}`);
      return finished;
    },
    async end() {
      await rm("lab-failure", { recursive: true, force: true });
      await place.remove();
      for (const [mode, what, seconds] of measured)
        console.log(`measured ${mode.padEnd(12)} ${what.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
    },
  };
}
