import { GetObjectCommand, ListObjectsV2Command, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { S3Config } from "../config.ts";
import { objectVersion } from "./object-version.ts";
import { type Entry, indexName, type Source, type SourceFile } from "./source.ts";

const attempts = 3;

/** A source that is a bucket, or the keys of one that begin with a prefix. */
export function objectSource({ bucket, endpoint, region, prefix }: S3Config): Source {
  const client = new S3Client({
    region,
    ...(endpoint && { endpoint }),
    forcePathStyle: true,
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 },
  });
  const read = (name: string) => get(client, bucket, prefix, name);
  return {
    storage: "object",
    index: () =>
      read(indexName).catch((error: Error) => {
        if (isAbsent(error.cause)) return undefined;
        throw error;
      }),
    list: () => list(client, bucket, prefix),
    read,
  };
}

/** A bucket that is not there answers the same to a GET; the list then says so. */
const isAbsent = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;

async function get(client: S3Client, bucket: string, prefix: string, name: string): Promise<SourceFile> {
  const key = prefix + name;
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { name, text: (await Body?.transformToString()) ?? "", version: objectVersion(ETag) };
  } catch (cause) {
    throw worded(`blob (key "${key}")`, "GetObject", cause);
  }
}

async function list(client: S3Client, bucket: string, prefix: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let token: string | undefined;
  do {
    const request = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
    const page = await client.send(new ListObjectsV2Command(request)).catch((cause: unknown) => {
      throw worded("blob", "ListObjectsV2", cause);
    });
    for (const { Key = "", ETag = "", Size = 0, LastModified } of page.Contents ?? []) {
      entries.push({ name: Key.slice(prefix.length), stamp: [ETag, Size, LastModified?.toISOString()].join(" ") });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return entries;
}

/** Words a failure as v1.61.1's storage library does: operation, status, code of the service (recorded). */
function worded(subject: string, operation: string, cause: unknown): Error {
  const error = cause as Error;
  const service = error instanceof S3ServiceException;
  const code = service && error.$metadata.httpStatusCode === 404 ? "NotFound" : "Unknown";
  const detail = service
    ? `https response error StatusCode: ${error.$metadata.httpStatusCode}, ${error.name}: ${error.message}`
    : unanswered(error);
  return new Error(`${subject} (code=${code}): operation error S3: ${operation}, ${detail.replace(/\s+/g, " ")}`, {
    cause,
  });
}

/** Without credentials nothing was sent; the chain ends at the metadata of EC2. */
const unanswered = ({ name, message }: Error): string =>
  name === "CredentialsProviderError"
    ? `get identity: get credentials: ${message}, no EC2 IMDS role found`
    : `exceeded maximum number of attempts, ${attempts}, ${message || name}`;
