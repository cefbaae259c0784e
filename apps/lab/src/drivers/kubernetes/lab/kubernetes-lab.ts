import { oneLine } from "../../../fault.ts";
import { withToken } from "../../../flipt.ts";
import type {
  Addresses,
  Capability,
  ExportRequest,
  ExportRun,
  Lab,
  Part,
  Publication,
  Stoppable,
  StoreAccess,
  StoreUser,
} from "../../../lab.ts";
import type { ModeName } from "../../../modes.ts";
import { ownStore, readObject } from "../../bucket.ts";
import type { Cluster } from "../cluster/connect.ts";
import { Forward } from "../reach/port-forward.ts";
import { readVolume } from "../reach/volume.ts";
import { Informers } from "../watch/informers.ts";
import { Wait } from "../watch/wait.ts";
import { runExporter } from "./export.ts";
import { type Inventory, takeInventory } from "./inventory.ts";
import { ExporterJobs } from "./jobs.ts";
import { addressesOf, deploymentOf, readLogs } from "./parts.ts";
import { scale } from "./scale.ts";
import { nextStart } from "./schedule.ts";

/** The Service and the port of each address. */
const targets = {
  master: ["flipt-master", 8080],
  sidecar: ["sample-app", 8080],
  application: ["sample-app", 8000],
} as const;

type Forwards = Record<Exclude<keyof Addresses, "store">, Forward> & { store: Forward | undefined };

/** A lab in a namespace, reached through port-forwards. */
export class KubernetesLab implements Lab {
  readonly ring = "kubernetes";
  readonly services = {
    master: `svc/${targets.master.join(":")}`,
    sidecar: `svc/${targets.sidecar.join(":")}`,
    application: `svc/${targets.application.join(":")}`,
  };
  readonly cluster: Cluster;
  readonly wait: Wait;
  readonly mode: ModeName;
  readonly addresses: Addresses;
  readonly intervals: { export: number; poll: number };
  readonly programs: { flipt: string; store: string };
  private readonly inventory: Inventory;
  private readonly forwards: Forwards;
  private readonly view: Informers;
  private readonly runs: ExporterJobs;

  private constructor(
    cluster: Cluster,
    inventory: Inventory,
    forwards: Forwards,
    view: Informers,
    signal: AbortSignal,
  ) {
    const { mode, intervals, programs, token } = inventory;
    const { url } = forwards.master;
    this.cluster = cluster;
    this.inventory = inventory;
    this.forwards = forwards;
    this.view = view;
    this.wait = new Wait(cluster, view, signal);
    this.runs = new ExporterJobs(cluster);
    this.mode = mode;
    this.intervals = intervals;
    this.programs = programs;
    this.addresses = {
      master: token === undefined ? url : withToken(url, token),
      sidecar: forwards.sidecar.url,
      application: forwards.application.url,
      ...(forwards.store && { store: forwards.store.url }),
    };
  }

  /**
   * @param signal aborts every wait
   * @throws {Fault} when no lab runs in the namespace
   */
  static async open(cluster: Cluster, signal: AbortSignal): Promise<KubernetesLab> {
    const inventory = await takeInventory(cluster);
    const view = await Informers.open(cluster);
    const forwards = {
      master: await Forward.open(cluster, ...targets.master),
      sidecar: await Forward.open(cluster, ...targets.sidecar),
      application: await Forward.open(cluster, ...targets.application),
      store: inventory.hasStore ? await Forward.open(cluster, "minio", 9000) : undefined,
    };
    return new KubernetesLab(cluster, inventory, forwards, view, signal);
  }

  async close(): Promise<void> {
    for (const forward of Object.values(this.forwards)) forward?.close();
    await this.view.close();
  }

  get state(): string {
    return `namespace "${this.cluster.namespace}" of context "${this.cluster.context}"`;
  }

  lacks(capability: Capability): string | undefined {
    const local = this.mode === "local";
    if (capability === "comparison") return this.inventory.noComparison;
    if (capability === "intercept") return "the exporter's pod reaches no server on this machine";
    if (this.inventory.hasStore) return undefined;
    if (capability === "stop-store")
      return local ? "the store is a volume, which has no server that could be stopped" : "the store is not the lab's";
    if (local) return "a volume knows no users";
    return capability === "access-rights"
      ? undefined
      : "the store is not the lab's: nothing is tried that could harm it";
  }

  export(request: ExportRequest = {}): Promise<ExportRun> {
    return runExporter(this.cluster, this.wait, request);
  }

  exports(): Promise<ExportRun[]> {
    return this.runs.list();
  }

  async nextExport(): Promise<number> {
    return nextStart(this.intervals.export, Date.now());
  }

  async stop(part: Stoppable): Promise<void> {
    await scale(this.cluster, this.wait, deploymentOf[part], 0);
    // Open connections lead nowhere now. Otherwise only the next request would notice.
    for (const name of addressesOf[deploymentOf[part]]) this.forwards[name]?.reset();
  }

  async start(part: Stoppable): Promise<void> {
    await scale(this.cluster, this.wait, deploymentOf[part], 1);
  }

  logs(part: Part): Promise<string> {
    return readLogs(this.cluster, part);
  }

  async publication(): Promise<Publication | undefined> {
    const { users, application, elsewhere } = this.inventory;
    const { store } = this.addresses;
    if (store && users) return readObject(ownStore(store, users.root));
    if (elsewhere)
      return readObject(elsewhere.exporter).catch((error) => {
        throw new Error(`${elsewhere.description} cannot be read from this machine: ${oneLine(error)}`);
      });
    return readVolume(this.cluster, application);
  }

  storeAccess(user: StoreUser): StoreAccess {
    const { users, elsewhere } = this.inventory;
    const { store } = this.addresses;
    if (elsewhere) return elsewhere[user];
    if (!users || !store) throw new Error(this.lacks("access-rights") ?? "this lab has no store");
    return ownStore(store, users[user]);
  }
}
