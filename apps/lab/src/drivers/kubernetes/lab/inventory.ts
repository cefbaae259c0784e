import type { V1Container, V1CronJob, V1Deployment } from "@kubernetes/client-node";
import { labHint } from "../../../hints.ts";
import type { StoreUser } from "../../../lab.ts";
import { mode as findMode, type ModeName } from "../../../modes.ts";
import type { KeyPair } from "../../bucket.ts";
import { readKeys } from "../apply/secrets.ts";
import { type Cluster, isNotFound } from "../cluster/connect.ts";
import { whyNoComparison } from "./comparison.ts";
import { readCronJob, sinkOf } from "./cronjob.ts";
import { type ExternalBucket, readExternalBucket } from "./external-bucket.ts";
import { everySeconds } from "./schedule.ts";
import { readToken } from "./token.ts";

type Users = Record<StoreUser | "root", KeyPair>;

/** What a lab consists of, read from its objects. */
export interface Inventory {
  mode: ModeName;
  /** Seconds between two scheduled exports, and between two polls of the sidecar. */
  intervals: { export: number; poll: number };
  /** Short descriptions: which Flipt, which store. */
  programs: { flipt: string; store: string };
  /** The label selector of the application's pods. */
  application: string;
  /** Whether the lab runs its own object store. */
  hasStore: boolean;
  /** The users of the lab's own object store. */
  users: Users | undefined;
  /** The external bucket, if the lab uses one. */
  elsewhere: ExternalBucket | undefined;
  /** The token that flipt-master demands. */
  token: string | undefined;
  /** Why the application cannot ask the master, if it cannot. */
  noComparison: string | undefined;
}

const imageOf = (deployment: V1Deployment | undefined): string | undefined =>
  deployment?.spec?.template.spec?.containers[0]?.image;

const variable = (containers: V1Container[] | undefined, name: string): string | undefined =>
  containers?.flatMap(({ env = [] }) => env).find((each) => each.name === name)?.value;

/** The URL that the exporter writes to determines the mode. */
const modeOf = (cronJob: V1CronJob): ModeName => (sinkOf(cronJob).startsWith("file:") ? "local" : "object-store");

/** Parses a duration of Flipt's settings into seconds. */
const seconds = (text: string): number =>
  Number.parseFloat(text) * (text.endsWith("ms") ? 0.001 : /\dm$/.test(text) ? 60 : 1);

/** Flipt polls a folder at a fixed interval. Only the emulator's interval can be set. */
function pollOf({ spec }: V1Deployment, flipt: string): number | undefined {
  const sidecar = spec?.template.spec?.initContainers;
  const text =
    variable(sidecar, "FLIPT_STORAGE_OBJECT_S3_POLL_INTERVAL") ??
    (flipt.includes("emulator") ? variable(sidecar, "FLIPT_EMULATOR_LOCAL_POLL_INTERVAL") : undefined);
  return text === undefined ? undefined : seconds(text);
}

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

/**
 * Reads a lab's objects.
 *
 * @throws {Error} when the namespace holds no lab, or an incomplete one
 */
export async function takeInventory(cluster: Cluster): Promise<Inventory> {
  const cronJob = await readCronJob(cluster);
  const [master, application, store] = await Promise.all(
    ["flipt-master", "sample-app", "minio"].map((name) => readDeployment(cluster, name)),
  );
  if (!master || !application) throw new Error(`the lab is incomplete; repeat: ${labHint("up", cluster)}`);
  const mode = findMode(modeOf(cronJob));
  const flipt = imageOf(master) ?? "";
  const elsewhere = mode.store && !store ? await readExternalBucket(cluster, cronJob, application) : undefined;
  const labels = Object.entries(application.spec?.selector.matchLabels ?? {});
  return {
    mode: modeOf(cronJob),
    intervals: {
      export: everySeconds(cronJob.spec?.schedule ?? ""),
      poll: pollOf(application, flipt) ?? mode.pollSeconds,
    },
    programs: { flipt, store: imageOf(store) ?? elsewhere?.description ?? "claim flipt-features" },
    application: labels.map(([name, value]) => `${name}=${value}`).join(","),
    hasStore: store !== undefined,
    users: store && (await readUsers(cluster)),
    elsewhere,
    token: await readToken(cluster, master),
    noComparison: await whyNoComparison(cluster, application),
  };
}
