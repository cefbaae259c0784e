import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { StoreUser } from "../lab.ts";
import type { Proof } from "./proof.ts";
import { polls, type Step } from "./step.ts";

const at = { Bucket: "flipt" };
const published = { ...at, Key: "features.yml" };
const other = { ...at, Key: "other/features.yml" };

type Attempt = (client: S3Client, proof: Proof) => Promise<unknown>;

async function attempt(proof: Proof, user: StoreUser, run: Attempt): Promise<string> {
  const client = new S3Client(proof.lab.storeAccess(user));
  try {
    await run(client, proof);
    return "allowed";
  } catch (error) {
    if (error instanceof Error && error.name === "AccessDenied") return "refused";
    throw error;
  } finally {
    client.destroy();
  }
}

function right(user: StoreUser, expected: "allowed" | "refused", what: string, run: Attempt): Step {
  return {
    group: "access",
    title: `the ${user}'s key ${expected === "allowed" ? "may" : "may not"} ${what}`,
    modes: ["object-store"],
    needs: "access-rights",
    seconds: polls(20),
    async run(proof) {
      const seen = await attempt(proof, user, run);
      if (seen !== expected) throw new Error(`the store has ${seen} the ${user} to ${what}`);
      return undefined;
    },
  };
}

const list: Attempt = (client) => client.send(new ListObjectsV2Command(at));
const read: Attempt = async (client) =>
  (await client.send(new GetObjectCommand(published))).Body?.transformToByteArray();
const rewrite: Attempt = async (client, proof) => {
  const { bytes } = await proof.publication();
  // The same bytes: nothing is lost where the store allows what it should not.
  await client.send(new PutObjectCommand({ ...published, Body: bytes }));
};
const writeOther: Attempt = async (client) => {
  await client.send(new PutObjectCommand({ ...other, Body: Buffer.from("no state") }));
};
const remove: Attempt = async (client, proof) => {
  const restore = (): Promise<void> => proof.publish().then(() => {});
  await client.send(new DeleteObjectCommand(published));
  await restore(); // only reached where the store allows what it should not
};

export const access: Step[] = [
  right("exporter", "allowed", "read its object", read),
  right("exporter", "refused", "list the bucket", list),
  right("exporter", "refused", "delete its object", remove),
  right("exporter", "refused", "write another object", writeOther),
  right("sidecar", "allowed", "list the bucket", list),
  right("sidecar", "allowed", "read the object", read),
  right("sidecar", "refused", "write the object", rewrite),
  right("sidecar", "refused", "write another object", writeOther),
  right("sidecar", "refused", "delete the object", remove),
];
