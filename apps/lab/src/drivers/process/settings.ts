import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StoreUser } from "../../lab.ts";
import type { Mode, ModeName } from "../../modes.ts";
import type { Seed } from "../../seed.ts";
import { bucket, type KeyPair, key, region } from "../bucket.ts";
import type { Program } from "./child.ts";
import { type ChosenFlipt, evaluationClient, exporter } from "./programs.ts";
import type { LocalAddresses, StateFolder } from "./state-folder.ts";

/** The lab's own seed, for a new master. */
export const seedFile = fileURLToPath(new URL("../../../../../k8s/bases/flipt-seed/features.yml", import.meta.url));

/** The usual ports. A taken one is replaced. */
export const ports = { master: 8080, sidecar: 8081, application: 8000, store: 9000 };

/** The settings of all programs of one lab. */
export interface Plan {
  home: StateFolder;
  mode: Mode & { name: ModeName };
  host: string;
  addresses: LocalAddresses;
  grpc: { master: number; sidecar: number };
  intervals: { export: number; poll: number };
  flipt: ChosenFlipt;
  /** The flags that a new master starts with. Default: the lab's own seed. */
  seed: Seed | undefined;
  users: Record<StoreUser | "root", KeyPair> | undefined;
}

export const randomKeys = (accessKeyId: string): KeyPair => ({
  accessKeyId,
  secretAccessKey: randomBytes(20).toString("hex"),
});

/** The only keys that s3rver accepts. */
export const s3rverKeys: KeyPair = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

const quiet = {
  FLIPT_META_CHECK_FOR_UPDATES: "false",
  FLIPT_META_TELEMETRY_ENABLED: "false",
  FLIPT_DIAGNOSTICS_PROFILING_ENABLED: "false",
};

const port = (address: string): string => new URL(address).port;

const listen = (host: string, address: string, grpc: number) => ({
  FLIPT_SERVER_HOST: host,
  FLIPT_SERVER_HTTP_PORT: port(address),
  FLIPT_SERVER_GRPC_PORT: `${grpc}`,
});

const aws = (endpoint: string | undefined, { accessKeyId, secretAccessKey }: KeyPair) => ({
  AWS_ENDPOINT_URL_S3: endpoint ?? "",
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_EC2_METADATA_DISABLED: "true",
});

/** The folder of the master's database. Flipt and the emulator cannot read each other's. */
export const masterFolder = ({ home, flipt }: Plan): string => home.in("master", flipt.kind);

const masterEnvironment = (plan: Plan): Record<string, string> => ({
  ...quiet,
  ...listen(plan.host, plan.addresses.master, plan.grpc.master),
  FLIPT_DB_URL: `file:${join(masterFolder(plan), "flipt.db")}`,
});

export const masterProgram = (plan: Plan): Program => ({
  part: "flipt-master",
  command: plan.flipt.command,
  env: masterEnvironment(plan),
  health: `${plan.addresses.master}/meta/config`,
  mark: `"grpcPort":${plan.grpc.master}`,
});

function source({ mode, home, addresses, intervals, users }: Plan): Record<string, string> {
  const seconds = `${intervals.poll}s`;
  if (!mode.store) {
    // Flipt itself has no setting for this poll and ignores the emulator's.
    return {
      FLIPT_STORAGE_TYPE: "local",
      FLIPT_STORAGE_LOCAL_PATH: home.volume,
      FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: seconds,
    };
  }
  return {
    FLIPT_STORAGE_TYPE: "object",
    FLIPT_STORAGE_OBJECT_TYPE: "s3",
    FLIPT_STORAGE_OBJECT_S3_BUCKET: bucket,
    FLIPT_STORAGE_OBJECT_S3_ENDPOINT: addresses.store ?? "",
    FLIPT_STORAGE_OBJECT_S3_REGION: region,
    FLIPT_STORAGE_OBJECT_S3_POLL_INTERVAL: seconds,
    ...aws(addresses.store, users?.sidecar ?? s3rverKeys),
  };
}

export const sidecarProgram = (plan: Plan): Program => ({
  part: "flipt-sidecar",
  command: plan.flipt.command,
  env: {
    ...quiet,
    ...listen(plan.host, plan.addresses.sidecar, plan.grpc.sidecar),
    FLIPT_UI_ENABLED: "false",
    ...source(plan),
  },
  health: `${plan.addresses.sidecar}/meta/config`,
  mark: `"grpcPort":${plan.grpc.sidecar}`,
});

export const applicationProgram = ({ host, addresses, intervals }: Plan): Program => ({
  part: "evaluation-client",
  command: evaluationClient,
  env: {
    HOST: host,
    PORT: port(addresses.application),
    FLIPT_SIDECAR_URL: addresses.sidecar,
    FLIPT_MASTER_URL: addresses.master,
    EXPORT_SCHEDULE: `${intervals.export}s`,
  },
  health: `${addresses.application}/api/status`,
  mark: addresses.sidecar,
});

/** The exporter exits by itself, so it has no health check. */
export const exporterProgram = ({ mode, home, addresses, users }: Plan): Omit<Program, "health"> => ({
  part: "flipt-exporter",
  command: exporter,
  env: {
    FLIPT_URL: addresses.master,
    ...(mode.store
      ? { SINK_URL: `s3://${bucket}/${key}`, ...aws(addresses.store, users?.exporter ?? s3rverKeys) }
      : { SINK_URL: `file://${home.volume}/${key}` }),
  },
});
