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

/** Returns an S3 client's settings for a store. Without an endpoint, the client uses Amazon S3. */
export const s3Config = (endpoint: string, credentials: KeyPair, where: string = region): S3ClientConfig => ({
  ...(endpoint && { endpoint, forcePathStyle: true }),
  region: where,
  credentials,
  maxAttempts: 2,
});

/** Returns how to reach the published object in the lab's own store. */
export const ownStore = (endpoint: string, credentials: KeyPair): StoreAccess => ({
  config: s3Config(endpoint, credentials),
  bucket,
  key,
});

/**
 * Reads the published object. Returns undefined when there is none.
 *
 * @throws {Error} when the store refuses the request, or does not answer within `answerMs`
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
