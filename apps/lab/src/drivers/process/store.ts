import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { bucket, key, s3Config } from "../bucket.ts";
import type { Program } from "./child.ts";
import { exporterPolicy, MinioAdmin, sidecarPolicy } from "./minio.ts";
import type { ChosenStore } from "./programs.ts";
import type { Plan } from "./settings.ts";

/** The folder of the store's data. MinIO and s3rver cannot read each other's. */
export const storeFolder = ({ home }: Plan, choice: ChosenStore | undefined): string =>
  home.in("store", choice?.kind ?? "");

export function storeProgram(plan: Plan, choice: ChosenStore): Program {
  const { kind, command } = choice;
  const { host, addresses, users } = plan;
  const endpoint = addresses.store ?? "";
  const { port } = new URL(endpoint);
  const data = storeFolder(plan, choice);
  if (kind === "minio") {
    return {
      part: "store",
      command: [...command, "server", data, "--address", `${host}:${port}`, "--quiet"],
      env: {
        MINIO_ROOT_USER: users?.root.accessKeyId ?? "",
        MINIO_ROOT_PASSWORD: users?.root.secretAccessKey ?? "",
        MINIO_BROWSER: "off",
      },
      health: `${endpoint}/minio/health/ready`,
    };
  }
  return {
    part: "store",
    command: [
      ...command,
      "--directory",
      data,
      "--address",
      host,
      "--port",
      port,
      "--no-vhost-buckets",
      "--configure-bucket",
      bucket,
    ],
    env: { NODE_OPTIONS: "--no-deprecation" },
    health: `${endpoint}/${bucket}?max-keys=0`,
  };
}

/** Creates the bucket and the users of exporter and sidecar, in a store that knows users. It is idempotent. */
export async function prepareStore({ addresses, users }: Plan): Promise<void> {
  if (!users || !addresses.store) return; // s3rver creates its bucket when it starts
  const client = new S3Client(s3Config(addresses.store, users.root));
  await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
    if (error.name !== "BucketAlreadyOwnedByYou") throw error;
  });
  client.destroy();
  const admin = new MinioAdmin(addresses.store, users.root);
  await admin.setUser(users.exporter, exporterPolicy(bucket, key));
  await admin.setUser(users.sidecar, sidecarPolicy(bucket));
}
