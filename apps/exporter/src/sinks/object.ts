import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { md5, objectRevision } from "flipt-document/revision";
import type { S3Target } from "../config.ts";
import { explained, type StoreError } from "./explain.ts";
import type { Current, Publication } from "./sink.ts";

const REQUEST_MS = 10_000;
const CONNECT_MS = 2500;
const HINT = "flipt-exporter";
/** A condition that does not hold; S3 may answer the last when two writes meet. */
const unmet = ["PreconditionFailed", "NoSuchKey", "ConditionalRequestConflict"];

type Condition = Pick<PutObjectCommandInput, "IfMatch" | "IfNoneMatch">;
export type Content = { bytes: Buffer; hint: string };

type Head = Pick<Publication, "tag" | "size" | "hint">;

/** One object of a store. Every method throws a Stop that names it, or the reason of the signal that ends the run. */
export interface StoredObject {
  read(): Promise<Current>;
  /** The store's ETag, quotes included, with size and hint. */
  head(): Promise<Head | "absent">;
  /** One PUT of the whole; false when its condition does not hold. */
  put(content: Content, condition: Condition): Promise<boolean>;
}

export function openObject(target: S3Target, signal: AbortSignal): StoredObject {
  const client = open(target);
  signal.addEventListener("abort", () => client.destroy(), { once: true });
  const at = { Bucket: target.bucket, Key: target.key };
  const failed = (error: unknown, act: string) => explained(error, `${act} of "${target.url}"`, signal);
  return {
    async read() {
      try {
        const { found, bytes } = await within(signal, async (abortSignal) => {
          const found = await client.send(new GetObjectCommand(at), { abortSignal });
          return { found, bytes: Buffer.from((await found.Body?.transformToByteArray()) ?? []) };
        });
        const digest = md5(bytes);
        return { ...headOf(found), bytes, size: bytes.length, md5: digest, etag: objectRevision(digest) };
      } catch (error) {
        const { name } = error as StoreError;
        if (name === "NoSuchKey") return "absent";
        // what S3 answers for an absent key, too, to who may not list the bucket
        if (name === "AccessDenied") return "hidden";
        throw failed(error, "read");
      }
    },
    async head() {
      try {
        return headOf(await within(signal, (abortSignal) => client.send(new HeadObjectCommand(at), { abortSignal })));
      } catch (error) {
        if ((error as StoreError).name === "NotFound") return "absent";
        throw failed(error, "read");
      }
    },
    async put({ bytes, hint }, condition) {
      const content = { ContentType: "application/yaml", Body: bytes, ...(hint && { Metadata: { [HINT]: hint } }) };
      try {
        const command = new PutObjectCommand({ ...at, ...content, ...condition });
        await within(signal, (abortSignal) => client.send(command, { abortSignal }));
        return true;
      } catch (error) {
        if (unmet.includes((error as StoreError).name)) return false;
        throw failed(error, "write");
      }
    },
  };
}

const headOf = ({ ETag = "", ContentLength = 0, Metadata }: HeadObjectCommandOutput): Head => ({
  tag: ETag,
  size: ContentLength,
  hint: Metadata?.[HINT],
});

/**
 * Ends a request with the run, and after its own time. The timer is held here: on Node 20 a signal of `AbortSignal.timeout`
 * that only `AbortSignal.any` refers to is collected as garbage, and then never fires.
 */
async function within<T>(run: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), REQUEST_MS);
  try {
    return await request(AbortSignal.any([run, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function open({ endpoint, region, credentials }: S3Target): S3Client {
  return new S3Client({
    ...(endpoint && { endpoint, forcePathStyle: true }),
    // a store of one's own needs none, the SDK does
    ...((region ?? endpoint) && { region: region ?? "us-east-1" }),
    ...(credentials && { credentials }),
    // stores other than Amazon's may not know the newer checksums
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT_MS },
  });
}
