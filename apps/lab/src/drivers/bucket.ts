import { GetObjectCommand, NoSuchKey, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { objectRevision } from "../flipt.ts";
import type { Publication } from "../lab.ts";

export const bucket = "flipt";
export const key = "features.yml";
export const region = "us-east-1";

export interface KeyPair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** How an S3 client reaches the lab's store. */
export const s3Config = (endpoint: string, credentials: KeyPair): S3ClientConfig => ({
  endpoint,
  region,
  forcePathStyle: true,
  credentials,
  maxAttempts: 2,
});

/** The published object, or undefined when there is none. */
export async function readObject(endpoint: string, root: KeyPair): Promise<Publication | undefined> {
  const client = new S3Client(s3Config(endpoint, root));
  try {
    const { Body, LastModified } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return { bytes, modified: LastModified?.getTime() ?? 0, revision: objectRevision(bytes) };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
