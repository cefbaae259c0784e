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

/** What a lab in a namespace consists of, as its objects tell it. */
export interface Inventory {
  mode: ModeName;
  /** Seconds between two scheduled exports, and between two polls of the sidecar. */
  intervals: { export: number; poll: number };
  /** Short descriptions: which Flipt, which store. */
  programs: { flipt: string; store: string };
  /** What selects the application's pods. */
  application: string;
  /** Whether the bucket's server is the lab's own. */
  hasStore: boolean;
  /** Who the bucket's server knows, where it is the lab's own. */
  users: Users | undefined;
  /** The bucket, where it is not the lab's own. */
  elsewhere: ExternalBucket | undefined;
  /** What flipt-master demands. */
  token: string | undefined;
  /** Why the application cannot ask the master. */
  noComparison: string | undefined;
}

const imageOf = (deployment: V1Deployment | undefined): string | undefined =>
  deployment?.spec?.template.spec?.containers[0]?.image;

const variable = (containers: V1Container[] | undefined, name: string): string | undefined =>
  containers?.flatMap(({ env = [] }) => env).find((each) => each.name === name)?.value;

/** The mode is what the exporter writes into. */
const modeOf = (cronJob: V1CronJob): ModeName => (sinkOf(cronJob).startsWith("file:") ? "local" : "object-store");

/** Seconds of a duration as Flipt's settings have it. */
const seconds = (text: string): number =>
  Number.parseFloat(text) * (text.endsWith("ms") ? 0.001 : /\dm$/.test(text) ? 60 : 1);

/** Flipt's poll of a folder is fixed; only the emulator's can be set. */
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
 * Looks at the objects of a lab.
 *
 * @throws {Error} when none is in the namespace, or only a part of one
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
