import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { V1Container, V1CronJob, V1Deployment } from "@kubernetes/client-node";
import { withToken } from "../../flipt.ts";
import type {
  Addresses,
  Capability,
  ExportRequest,
  ExportRun,
  Lab,
  Part,
  Publication,
  Stoppable,
  StoreUser,
} from "../../lab.ts";
import { mode as findMode, type Mode, type ModeName } from "../../modes.ts";
import { type KeyPair, readObject, s3Config } from "../bucket.ts";
import { apiLine, type Cluster, isNotFound } from "./cluster.ts";
import { whyNoComparison } from "./comparison.ts";
import { exporter, Runs, readCronJob, runExporter, sinkOf } from "./export.ts";
import { Forward } from "./forward.ts";
import { ours } from "./kinds.ts";
import { readLog } from "./logs.ts";
import { scale } from "./scale.ts";
import { everySeconds, nextStart } from "./schedule.ts";
import { readKeys } from "./secrets.ts";
import { readToken } from "./token.ts";
import { View } from "./view.ts";
import { readVolume } from "./volume.ts";
import { Wait } from "./wait.ts";

/** Which Deployment and which container of it a part is. */
const deploymentOf = {
  "flipt-master": "flipt-master",
  "flipt-sidecar": "sample-app",
  "evaluation-client": "sample-app",
  store: "minio",
} as const satisfies Record<Stoppable, string>;

const forwardsOf = {
  "flipt-master": ["master"],
  "sample-app": ["sidecar", "application"],
  minio: ["store"],
} as const satisfies Record<string, (keyof Addresses)[]>;

type Users = Record<StoreUser | "root", KeyPair>;

interface Opened {
  cronJob: V1CronJob;
  master: V1Deployment;
  application: V1Deployment;
  store: V1Deployment | undefined;
  users: Users | undefined;
  /** What flipt-master demands. */
  token: string | undefined;
  /** Why the application cannot ask the master. */
  noComparison: string | undefined;
  forwards: Record<keyof Addresses, Forward | undefined>;
  view: View;
}

const variable = (containers: V1Container[] | undefined, name: string): string | undefined =>
  containers?.flatMap(({ env = [] }) => env).find((each) => each.name === name)?.value;

/** The mode is what the exporter writes into. */
const modeOf = (cronJob: V1CronJob): Mode & { name: ModeName } =>
  findMode(sinkOf(cronJob).startsWith("file:") ? "local" : "object-store");

async function readDeployment({ apps, namespace }: Cluster, name: string): Promise<V1Deployment | undefined> {
  return apps.readNamespacedDeployment({ name, namespace }).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

async function readUsers(cluster: Cluster): Promise<Users> {
  const [root, exporter, sidecar] = await Promise.all([
    readKeys(cluster, "root"),
    readKeys(cluster, "exporter"),
    readKeys(cluster, "sidecar"),
  ]);
  return { root, exporter, sidecar };
}

/** A lab in a namespace, reached through port-forwards of its own. */
export class KubernetesLab implements Lab {
  readonly ring = "kubernetes";
  readonly cluster: Cluster;
  readonly wait: Wait;
  readonly mode: ModeName;
  readonly addresses: Addresses;
  readonly intervals: { export: number; poll: number };
  readonly programs: { flipt: string; store: string };
  private readonly opened: Opened;
  private readonly runs: Runs;

  private constructor(cluster: Cluster, opened: Opened, wait: Wait) {
    const { cronJob, master, application, store, token, forwards } = opened;
    const url = forwards.master?.url ?? "";
    const mode = modeOf(cronJob);
    const image = master.spec?.template.spec?.containers[0]?.image ?? "";
    const sidecar = application.spec?.template.spec?.initContainers;
    const poll =
      variable(sidecar, "FLIPT_STORAGE_OBJECT_S3_POLL_INTERVAL") ??
      (image.includes("emulator") ? variable(sidecar, "FLIPT_EMULATOR_LOCAL_POLL_INTERVAL") : undefined);
    this.cluster = cluster;
    this.wait = wait;
    this.opened = opened;
    this.runs = new Runs(cluster);
    this.mode = mode.name;
    this.addresses = {
      master: token === undefined ? url : withToken(url, token),
      sidecar: forwards.sidecar?.url ?? "",
      application: forwards.application?.url ?? "",
      ...(forwards.store && { store: forwards.store.url }),
    };
    this.intervals = {
      export: everySeconds(cronJob.spec?.schedule ?? ""),
      poll: poll
        ? Number.parseFloat(poll) * (poll.endsWith("ms") ? 0.001 : /\dm$/.test(poll) ? 60 : 1)
        : mode.pollSeconds,
    };
    this.programs = {
      flipt: image,
      store:
        store?.spec?.template.spec?.containers[0]?.image ?? (mode.store ? "a store elsewhere" : "claim flipt-features"),
    };
  }

  /**
   * @param signal ends what waits
   * @throws {Fault} when no lab is in the namespace
   */
  static async open(cluster: Cluster, signal: AbortSignal): Promise<KubernetesLab> {
    const cronJob = await readCronJob(cluster);
    const [master, application, store] = await Promise.all(
      ["flipt-master", "sample-app", "minio"].map((name) => readDeployment(cluster, name)),
    );
    if (!master || !application) throw new Error("the lab is incomplete; repeat: npm run -s lab -- up --on kubernetes");
    const users = store && (await readUsers(cluster));
    const token = await readToken(cluster, master);
    const noComparison = await whyNoComparison(cluster, application);
    const view = await View.open(cluster);
    const forwards = {
      master: await Forward.open(cluster, "flipt-master", 8080),
      sidecar: await Forward.open(cluster, "sample-app", 8080),
      application: await Forward.open(cluster, "sample-app", 8000),
      store: store && (await Forward.open(cluster, "minio", 9000)),
    };
    const opened = { cronJob, master, application, store, users, token, noComparison, forwards, view };
    return new KubernetesLab(cluster, opened, new Wait(cluster, view, signal));
  }

  async close(): Promise<void> {
    for (const forward of Object.values(this.opened.forwards)) forward?.close();
    await this.opened.view.close();
  }

  get state(): string {
    return `namespace "${this.cluster.namespace}" of context "${this.cluster.context}"`;
  }

  lacks(capability: Capability): string | undefined {
    const local = this.mode === "local";
    if (capability === "comparison") return this.opened.noComparison;
    if (capability === "intercept") return "the exporter's pod reaches no server on this machine";
    if (this.opened.store) return undefined;
    if (capability === "stop-store")
      return local ? "the store is a volume, which has no server that could be stopped" : "the store is not the lab's";
    return local ? "a volume knows no users" : "the store is not the lab's";
  }

  async export(request: ExportRequest = {}): Promise<ExportRun> {
    const run = await runExporter(this.cluster, this.wait, request);
    // The schedule may have run beside it: that it gave way to the other is no refusal of what was asked for.
    return run.exit === 1 && run.log.gate === "alone" ? runExporter(this.cluster, this.wait, request) : run;
  }

  exports(): Promise<ExportRun[]> {
    return this.runs.list();
  }

  async nextExport(): Promise<number> {
    return nextStart(this.intervals.export, Date.now());
  }

  async stop(part: Stoppable): Promise<void> {
    await scale(this.cluster, this.wait, deploymentOf[part], 0);
    // What is still connected leads nowhere; it would be noticed only by the next who asks.
    for (const name of forwardsOf[deploymentOf[part]]) this.opened.forwards[name]?.reset();
  }

  async start(part: Stoppable): Promise<void> {
    await scale(this.cluster, this.wait, deploymentOf[part], 1);
  }

  async logs(part: Part): Promise<string> {
    const { core, namespace } = this.cluster;
    const name = part === "flipt-exporter" ? exporter : deploymentOf[part];
    const labelSelector = `${ours.name}=${ours.value},app.kubernetes.io/name=${name}`;
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    const texts = items.map(({ metadata, spec }) => {
      const own = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find((each) => each.name === part);
      const container = own?.name ?? spec?.containers[0]?.name ?? "";
      return readLog(this.cluster, metadata?.name ?? "", { container }).catch(apiLine);
    });
    return (await Promise.all(texts)).join("");
  }

  async publication(): Promise<Publication | undefined> {
    const { users, application } = this.opened;
    const { store } = this.addresses;
    if (store && users) return readObject(store, users.root);
    if (this.mode !== "local") throw new Error("the store is not the lab's: its object cannot be read");
    const labels = Object.entries(application.spec?.selector.matchLabels ?? {});
    return readVolume(this.cluster, labels.map(([name, value]) => `${name}=${value}`).join(","));
  }

  storeAccess(user: StoreUser): S3ClientConfig {
    const { users } = this.opened;
    const { store } = this.addresses;
    if (!users || !store) throw new Error(this.lacks("access-rights") ?? "this lab has no store");
    return s3Config(store, users[user]);
  }
}
