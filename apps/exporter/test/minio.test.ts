import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { addUser, type Minio, minioProgram, startMinio } from "../../../testing/minio.ts";
import type { Credentials } from "../src/config.ts";
import { run } from "../src/run.ts";
import { objectPlace } from "./place.ts";
import { startProxy } from "./proxy.ts";
import { mark, settings, stream } from "./state.ts";

const program = minioProgram();
const test = suite("minio");
const flipt = program ? await startMaster({ state: stream("one") }) : undefined;
const minio = program ? await startMinio(program) : undefined;

test("program :: MINIO_BIN, else on PATH, else none", () => {
  assert.is(minioProgram({ MINIO_BIN: process.execPath, PATH: "" }), process.execPath);
  assert.is(minioProgram({ MINIO_BIN: "/nowhere/minio", PATH: process.env.PATH }), undefined);
  assert.is(minioProgram({ PATH: "/nowhere" }), undefined);
});

if (minio && flipt) await prove(minio, flipt.url);
else {
  test.skip("conditions and rights :: skipped", () => {});
  console.log(
    "minio: skipped, there is neither MINIO_BIN nor a minio on PATH; s3rver knows no conditions and no rights",
  );
}

test.after(async () => {
  await Promise.all([flipt?.stop(), minio?.stop()]);
});
test.run();

async function prove(server: Minio, master: string): Promise<void> {
  const only = (...actions: string[]) => [
    { Effect: "Allow", Action: actions.map((action) => `s3:${action}`), Resource: ["arn:aws:s3:::flipt/features.yml"] },
  ];
  const exporter = await addUser(server, "exporter", only("GetObject", "PutObject"));
  const writer = await addUser(server, "writer", only("PutObject"));
  const reader = await addUser(server, "reader", only("GetObject"));
  const place = objectPlace(server.endpoint, exporter, server.root);
  const as = (keys: Credentials) => settings(master, objectPlace(server.endpoint, keys).sink);

  test("bucket :: one that is missing is a bad configuration", async () => {
    const outcome = await run(as(exporter));
    assert.is(outcome.exit, 2);
    assert.match(outcome.message, /404 NoSuchBucket, create the bucket/);
    await place.client.send(new CreateBucketCommand({ Bucket: "flipt" }));
  });

  test("rights :: a key that may not read is told so, whether or not the object exists", async () => {
    const absent = await run(as(writer));
    assert.is(absent.exit, 2);
    assert.match(absent.message, /is written, but may not be read back: give the key s3:GetObject/);
    const present = await run(as(writer));
    assert.is(present.exit, 2);
    assert.match(present.message, /exists, but may not be read/);
    await place.client.send(new DeleteObjectCommand({ Bucket: "flipt", Key: "features.yml" }));
  });

  test("rights :: a key that may not write, a wrong secret, an unknown key", async () => {
    for (const [keys, message] of [
      [reader, /write of .*403 AccessDenied/],
      [{ ...exporter, secretAccessKey: "wrong" }, /403 SignatureDoesNotMatch/],
      [{ accessKeyId: "nobody", secretAccessKey: "wrong" }, /403 InvalidAccessKeyId/],
    ] as const) {
      const outcome = await run(as(keys));
      assert.is(outcome.exit, 2, outcome.message);
      assert.match(outcome.message, message);
      assert.not.match(outcome.message, new RegExp(keys.secretAccessKey));
    }
    assert.is(await place.read(), undefined);
  });

  test("publish :: Get and Put on one key are enough, the first time and later", async () => {
    const first = await run(as(exporter));
    assert.equal([first.outcome, first.conditional], ["published", true]);
    await mark(master, "two");
    const second = await run(as(exporter));
    assert.equal([second.outcome, second.conditional], ["published", true]);
    assert.is(await place.read(), stream("two"));
    const third = await run(as(exporter));
    assert.equal([third.outcome, third.reads], ["unchanged", 0]);
  });

  test("rights :: the key can neither list, delete nor touch another key", async () => {
    const options = { endpoint: server.endpoint, region: "us-east-1", credentials: exporter, forcePathStyle: true };
    const client = new S3Client(options);
    for (const command of [
      new ListObjectsV2Command({ Bucket: "flipt" }),
      new DeleteObjectCommand({ Bucket: "flipt", Key: "features.yml" }),
      new PutObjectCommand({ Bucket: "flipt", Key: "other.yml", Body: "x" }),
    ]) {
      const seen = await client.send(command as ListObjectsV2Command).then(String, (error: Error) => error.name);
      assert.is(seen, "AccessDenied");
    }
    client.destroy();
  });

  for (const first of [false, true]) {
    test(`alone :: someone else publishes between the glance and the PUT${first ? ", the first time" : ""}`, async () => {
      if (first) await place.client.send(new DeleteObjectCommand({ Bucket: "flipt", Key: "features.yml" }));
      await mark(master, "three");
      const store = await startProxy(server.endpoint);
      store.treat = async ({ method, status }) => {
        // the probe: what comes next is the real PUT
        if (method === "PUT" && status >= 400) await place.write(stream("someone else's"));
        return undefined;
      };
      const outcome = await run(settings(master, objectPlace(store.url, exporter).sink));
      assert.equal([outcome.exit, outcome.gate], [1, "alone"], outcome.message);
      assert.is(await place.read(), stream("someone else's"));
      assert.equal(
        store.seen.filter(({ method }) => method === "PUT").map(({ status }) => status),
        [first ? 404 : 412, 412],
      );
      await store.stop();
    });
  }
}
