import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { until } from "lab/until";
import { freePort } from "../../../testing/port.ts";
import { type Running, repository, start } from "../../../testing/process.ts";

/** The only keys that s3rver takes. */
export const keys = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" };

export interface ObjectStore {
  endpoint: string;
  put(key: string, text: string): Promise<void>;
  remove(key: string): Promise<void>;
  createBucket(): Promise<void>;
  removeBucket(): Promise<void>;
  /** Ends the process; `start` brings it back with what it held. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const Bucket = "flipt";

/** `s3rver` on a port and a folder of its own, without a bucket. */
export async function startObjectStore(): Promise<ObjectStore> {
  const [port, dir] = [await freePort(), await mkdtemp(join(tmpdir(), "s3rver-"))];
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY };
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  let running: Running | undefined;
  const open = async (): Promise<void> => {
    const args = ["-d", dir, "-a", "127.0.0.1", "-p", `${port}`, "-s", "--no-vhost-buckets"];
    running = start(repository("node_modules/.bin/s3rver"), { args });
    await until("s3rver", { seconds: 120, everyMs: 30 }, async () => {
      const answer = await fetch(endpoint).catch((error: Error) => error);
      return answer instanceof Response ? { value: true } : { seen: String(answer) };
    });
  };
  const stop = async (): Promise<void> => {
    await running?.stop();
  };
  await open();
  return {
    endpoint,
    put: async (Key, text) => void (await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(text) }))),
    remove: async (Key) => void (await client.send(new DeleteObjectCommand({ Bucket, Key }))),
    createBucket: async () => void (await client.send(new CreateBucketCommand({ Bucket }))),
    removeBucket: async () => void (await client.send(new DeleteBucketCommand({ Bucket }))),
    stop,
    start: open,
    close: () => stop().then(() => rm(dir, { recursive: true, force: true })),
  };
}

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
