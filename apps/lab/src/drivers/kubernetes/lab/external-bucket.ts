import type { V1Container, V1CronJob, V1Deployment } from "@kubernetes/client-node";
import type { StoreAccess, StoreUser } from "../../../lab.ts";
import { s3Config } from "../../bucket.ts";
import type { Cluster } from "../cluster/connect.ts";

/** A bucket outside the lab, reached with the keys of exporter and sidecar. */
export interface ExternalBucket extends Record<StoreUser, StoreAccess> {
  /** For people. */
  description: string;
}

const named = (containers: V1Container[] | undefined, name: string): V1Container | undefined =>
  containers?.find((each) => each.name === name);

/** Resolves a container's environment, including values from Secrets. */
async function readEnvironment({ core, namespace }: Cluster, { env = [] }: V1Container) {
  const entries = env.map(async ({ name, value = "", valueFrom }) => {
    const { name: secret, key } = valueFrom?.secretKeyRef ?? {};
    if (!secret || !key) return [name, value] as const;
    const { data = {} } = await core.readNamespacedSecret({ name: secret, namespace });
    return [name, Buffer.from(data[key] ?? "", "base64").toString()] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<string, string | undefined>;
}

/**
 * Reads how to reach the bucket that the exporter writes to.
 *
 * @throws {Error} when the lab is incomplete, or a Secret with keys is missing
 */
export async function readExternalBucket(
  cluster: Cluster,
  cronJob: V1CronJob,
  app: V1Deployment,
): Promise<ExternalBucket> {
  const writer = named(cronJob.spec?.jobTemplate.spec?.template.spec?.containers, "flipt-exporter");
  const reader = named(app.spec?.template.spec?.initContainers, "flipt-sidecar");
  if (!writer || !reader) throw new Error('no container "flipt-exporter" or "flipt-sidecar" is there');
  const [exporter, sidecar] = await Promise.all([readEnvironment(cluster, writer), readEnvironment(cluster, reader)]);
  const { SINK_URL = "", AWS_ENDPOINT_URL_S3: endpoint = "", AWS_REGION: region } = exporter;
  const { hostname: bucket, pathname } = new URL(SINK_URL);
  const access = ({ AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" }: typeof exporter): StoreAccess => {
    const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    return { config: s3Config(endpoint, keys, region), bucket, key: decodeURIComponent(pathname.slice(1)) };
  };
  return {
    exporter: access(exporter),
    sidecar: access(sidecar),
    description: `bucket "${bucket}" at ${endpoint || `Amazon S3, ${region}`}`,
  };
}
