import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Capability, StoreUser } from "../lab.ts";
import { polls, type Step } from "./step.ts";
import type { Verification } from "./verification.ts";

/** What an attempt is made on. */
interface Target {
  Bucket: string;
  Key: string;
}

type Attempt = (client: S3Client, published: Target, proof: Verification) => Promise<unknown>;

async function attempt(proof: Verification, user: StoreUser, run: Attempt): Promise<string> {
  const { config, bucket, key } = proof.lab.storeAccess(user);
  const client = new S3Client(config);
  try {
    await run(client, { Bucket: bucket, Key: key }, proof);
    return "allowed";
  } catch (error) {
    if (error instanceof Error && error.name === "AccessDenied") return "refused";
    throw error;
  } finally {
    client.destroy();
  }
}

function right(
  user: StoreUser,
  expected: "allowed" | "refused",
  what: string,
  run: Attempt,
  needs: Capability = "access-rights",
): Step {
  return {
    group: "access",
    title: `the ${user}'s key ${expected === "allowed" ? "may" : "may not"} ${what}`,
    modes: ["object-store"],
    needs,
    seconds: polls(20),
    async run(proof) {
      const seen = await attempt(proof, user, run);
      if (seen !== expected) throw new Error(`the store has ${seen} the ${user} to ${what}`);
      return undefined;
    },
  };
}

const list: Attempt = (client, { Bucket }) => client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
const read: Attempt = async (client, published) =>
  (await client.send(new GetObjectCommand(published))).Body?.transformToByteArray();
const rewrite: Attempt = async (client, published, proof) => {
  const { bytes } = await proof.publication();
  // The same bytes: nothing is lost where the store allows what it should not.
  await client.send(new PutObjectCommand({ ...published, Body: bytes }));
};
const writeOther: Attempt = async (client, { Bucket, Key }) => {
  await client.send(new PutObjectCommand({ Bucket, Key: `other/${Key}`, Body: Buffer.from("no state") }));
};
const remove: Attempt = async (client, published, proof) => {
  const restore = (): Promise<void> => proof.publish().then(() => {});
  await client.send(new DeleteObjectCommand(published));
  await restore(); // only reached where the store allows what it should not
};

const forbidden = (user: StoreUser, what: string, run: Attempt): Step =>
  right(user, "refused", what, run, "forbidden-writes");

export const access: Step[] = [
  right("exporter", "allowed", "read its object", read),
  right("exporter", "refused", "list the bucket", list),
  forbidden("exporter", "delete its object", remove),
  forbidden("exporter", "write another object", writeOther),
  right("sidecar", "allowed", "list the bucket", list),
  right("sidecar", "allowed", "read the object", read),
  forbidden("sidecar", "write the object", rewrite),
  forbidden("sidecar", "write another object", writeOther),
  forbidden("sidecar", "delete the object", remove),
];
