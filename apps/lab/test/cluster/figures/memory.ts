import type { V1Pod } from "@kubernetes/client-node";
import { readSummary } from "../../../src/drivers/kubernetes/bench/kubelet-stats.ts";
import type { Cluster } from "../../../src/drivers/kubernetes/cluster/connect.ts";
import { until } from "../../../src/until.ts";
import type { Figure } from "./table.ts";

const mebibyte = 1024 * 1024;
const share = 0.8;
const everyMs = 1000;

/** A container of a Deployment or Job, of whichever of its pods. */
interface Container {
  limit: number;
  /** The largest working set, in bytes; 0 when the kubelet never told one. */
  peak: number;
  /** The moments at which the kubelet has measured it. */
  times: Set<string>;
}

const units: Record<string, number> = { "": 1, Ki: 1024, Mi: mebibyte, Gi: 1024 * mebibyte };

/** The bytes of a quantity such as `128Mi`; not a number for one that is absent, so that nothing is below it. */
function bytes(quantity = ""): number {
  const [, number, unit = ""] = quantity.match(/^(\d+)(Ki|Mi|Gi)?$/) ?? [];
  return Number(number) * (units[unit] ?? Number.NaN);
}

const nameOf = (pod: V1Pod): string => pod.metadata?.labels?.["app.kubernetes.io/name"] ?? pod.metadata?.name ?? "";

/** Watches the working set of each container of ours, as the kubelet measures it: about each ten seconds. */
export class Memory {
  private readonly cluster: Cluster;
  private readonly containers = new Map<string, Container>();
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.running = until<void>("the end of the sampling", { seconds: 3600, everyMs }, async () => {
      await this.sample();
      return this.stopped.signal.aborted ? { value: undefined } : { seen: "it goes on" };
    });
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async sample(): Promise<void> {
    const { pods, usages } = await readSummary(this.cluster);
    for (const pod of pods) {
      for (const { name, resources } of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
        const limit = bytes(resources?.limits?.memory);
        const known = this.containers.get(`${nameOf(pod)} / ${name}`);
        if (!known) this.containers.set(`${nameOf(pod)} / ${name}`, { limit, peak: 0, times: new Set() });
      }
    }
    for (const { pod, container, memory, time } of usages) {
      const known = this.containers.get(`${nameOf(pod)} / ${container}`);
      if (!known) continue;
      known.peak = Math.max(known.peak, memory);
      known.times.add(time);
    }
  }

  /** A row for each container; one without a limit is beyond it. */
  figures(mode: string): Figure[] {
    return [...this.containers].map(([name, { limit, peak, times }]) => {
      const inMebibytes = (size: number): string => (size / mebibyte).toFixed(0);
      const seen =
        peak > 0
          ? `${inMebibytes(peak)} of ${inMebibytes(limit)} MiB, ${((100 * peak) / limit).toFixed(0)} % (${times.size} samples)`
          : `ended too soon for the kubelet to measure it, limit ${inMebibytes(limit)} MiB`;
      const verdict = peak === 0 ? "not seen" : peak <= share * limit ? "ok" : "beyond";
      return { figure: `memory of ${name}`, mode, seen, limit: `≤ ${share * 100} % of its limit`, verdict };
    });
  }
}
