import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { until } from "lab/until";
import * as assert from "uvu/assert";
import { freePort } from "../../../testing/port.ts";
import { repository, start } from "../../../testing/process.ts";
import type { Config, Credentials } from "../src/config.ts";
import type { Outcome } from "../src/outcome.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** Where a test publishes, and how it looks at that without the exporter. */
export interface Place {
  sink: Config["sink"];
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
  stop(): Promise<void>;
}

/** A refusal is one line, and leaves what is published as it was. */
export const refusing =
  (place: Place, go: (more?: Partial<Config>) => Promise<Outcome>) =>
  async (expected: { exit: number; gate?: string; message: RegExp }, more: Partial<Config> = {}): Promise<Outcome> => {
    const before = await place.read();
    const outcome = await go(more);
    assert.is(outcome.exit, expected.exit, outcome.message);
    assert.is(outcome.gate, expected.gate, outcome.message);
    assert.match(outcome.message, expected.message);
    assert.not.match(outcome.message, /\n/);
    assert.is(await place.read(), before);
    return outcome;
  };

/** A folder of its own. */
export async function filePlace(): Promise<Place & { dir: string; path: string }> {
  const dir = await mkdtemp(join(tmpdir(), "exporter-"));
  const path = join(dir, "features.yml");
  return {
    dir,
    path,
    sink: { kind: "file", url: pathToFileURL(path).href, path },
    read: () => readFile(path, "utf8").catch(() => undefined),
    write: (text) => writeFile(path, text),
    stop: () => rm(dir, { recursive: true, force: true }),
  };
}

/** An object `features.yml` in the bucket `flipt` of a store that runs. */
export function objectPlace(endpoint: string, keys: Credentials, admin = keys): Place & { client: S3Client } {
  const client = new S3Client({ endpoint, region: "us-east-1", credentials: admin, forcePathStyle: true });
  const at = { Bucket: "flipt", Key: "features.yml" };
  return {
    client,
    sink: {
      kind: "s3",
      url: "s3://flipt/features.yml",
      bucket: "flipt",
      key: "features.yml",
      endpoint,
      credentials: keys,
    },
    read: () => client.send(new GetObjectCommand(at)).then(({ Body }) => Body?.transformToString(), absent),
    write: async (text) => {
      await client.send(new PutObjectCommand({ ...at, Body: text }));
    },
    stop: async () => client.destroy(),
  };
}

const absent = (error: Error): undefined => {
  if (error.name !== "NoSuchKey") throw error;
};

/** s3rver with an empty bucket `flipt`; it knows no conditions and no rights. */
export async function startS3rver(): Promise<{ endpoint: string; keys: Credentials; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "s3rver-"));
  const port = await freePort();
  const args = ["-d", dir, "-a", "127.0.0.1", "-p", String(port)];
  const running = start(repository("node_modules/.bin/s3rver"), { args });
  const endpoint = `http://127.0.0.1:${port}`;
  const keys = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
  const client = new S3Client({ endpoint, region: "us-east-1", credentials: keys, forcePathStyle: true });
  await until("s3rver", { seconds: 120, everyMs: 50 }, async () => {
    const made = await client.send(new CreateBucketCommand({ Bucket: "flipt" })).catch((error: Error) => error);
    return made instanceof Error ? { seen: made.message } : { value: true };
  });
  client.destroy();
  const stop = async (): Promise<void> => {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { endpoint, keys, stop };
}
