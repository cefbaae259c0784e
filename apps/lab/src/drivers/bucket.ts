import { GetObjectCommand, NoSuchKey, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { md5, objectRevision } from "flipt-document/revision";
import type { Publication, StoreAccess } from "../lab.ts";

export const bucket = "flipt";
export const key = "features.yml";
export const region = "us-east-1";

export interface KeyPair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** How an S3 client reaches a store; without an endpoint, Amazon's. */
export const s3Config = (endpoint: string, credentials: KeyPair, where: string = region): S3ClientConfig => ({
  ...(endpoint && { endpoint, forcePathStyle: true }),
  region: where,
  credentials,
  maxAttempts: 2,
});

/** The way to the object in the lab's store. */
export const ownStore = (endpoint: string, credentials: KeyPair): StoreAccess => ({
  config: s3Config(endpoint, credentials),
  bucket,
  key,
});

/**
 * The published object, or undefined when there is none.
 *
 * @throws {Error} when the store refuses, or takes the request and says nothing
 */
export async function readObject(
  { config, bucket, key }: StoreAccess,
  answerMs = 10_000,
): Promise<Publication | undefined> {
  const client = new S3Client(config);
  const abortSignal = AbortSignal.timeout(answerMs);
  try {
    const { Body, LastModified } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal,
    });
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return { bytes, modified: LastModified?.getTime() ?? 0, revision: objectRevision(md5(bytes)) };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw abortSignal.aborted ? new Error(`no answer within ${answerMs / 1000} s`) : error;
  } finally {
    client.destroy();
  }
}
