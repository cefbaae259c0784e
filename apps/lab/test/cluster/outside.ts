import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { BlockList } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { dumpYaml } from "@kubernetes/client-node";
import { addUser, type Keys, type Minio, startMinio } from "../../../../testing/minio.ts";
import { repository } from "../../../../testing/process.ts";
import { s3Config } from "../../src/drivers/bucket.ts";
import type { Cluster } from "../../src/drivers/kubernetes/cluster/connect.ts";
import type { StoreAccess, StoreUser } from "../../src/lab.ts";

const bucket = "flipt";

/** A store that is none of the cluster's: a MinIO on this machine. */
export interface Outside {
  minio: Minio;
  /** The object, seen with all rights. */
  root: StoreAccess;
  users: Record<StoreUser, Keys>;
  /** The folder of a component that names the bucket. */
  component: string;
  stop(): Promise<void>;
}

/** The address of this machine that the cluster's pods reach: a node's own, or one in the same network. */
export async function sharedAddress({ core }: Cluster): Promise<string | undefined> {
  const { items } = await core.listNode();
  const nodes = items.flatMap(({ status }) => status?.addresses ?? []).filter(({ type }) => type === "InternalIP");
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.find(({ family, internal, address, cidr }) => {
    if (family !== "IPv4" || internal) return false;
    const network = new BlockList();
    network.addSubnet(address, Number(cidr?.split("/")[1] ?? 32));
    return nodes.some((node) => network.check(node.address));
  })?.address;
}

/** A component of one's own, as k8s/README.md tells to write it. */
async function writeComponent({ endpoint }: Minio): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "bucket-")));
  const metadata = { name: "s3", annotations: { "config.kubernetes.io/local-config": "true" } };
  const port = Number(new URL(endpoint).port);
  const data = { bucket, region: "us-east-1", endpoint, port, key: "features.yml", prefix: "" };
  const component = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    resources: ["s3.yaml"],
    components: [relative(folder, repository("k8s/components/real-s3/elsewhere"))],
  };
  await writeFile(join(folder, "s3.yaml"), dumpYaml({ apiVersion: "v1", kind: "ConfigMap", metadata, data }));
  await writeFile(join(folder, "kustomization.yaml"), dumpYaml(component));
  return folder;
}

/** Starts the store with the bucket and two users whose rights are the documented ones and no others. */
export async function startOutside(program: string, address: string): Promise<Outside> {
  const minio = await startMinio(program, address);
  const config = s3Config(minio.endpoint, minio.root);
  const client = new S3Client(config);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  const user = async (name: StoreUser): Promise<Keys> => {
    const { Statement } = JSON.parse(await readFile(repository(`k8s/bases/minio-setup/${name}.json`), "utf8"));
    return addUser(minio, name, Statement);
  };
  const users = { exporter: await user("exporter"), sidecar: await user("sidecar") };
  const component = await writeComponent(minio);
  return {
    minio,
    root: { config, bucket, key: "features.yml" },
    users,
    component,
    stop: async () => {
      await minio.stop();
      await rm(component, { recursive: true, force: true });
    },
  };
}
