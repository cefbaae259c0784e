import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flipt } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import { run } from "../../../testing/process.ts";
import { objectSource } from "../src/sidecar/object.ts";
import { objectVersion } from "../src/sidecar/object-version.ts";
import { createReloader, type Reloader } from "../src/sidecar/reloader.ts";
import { etagOf } from "../src/snapshot/etag.ts";
import { keys, md5, type ObjectStore, startObjectStore } from "./object-store.ts";

const objects = suite<{ store: ObjectStore }>("object store");

Object.assign(process.env, keys, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" });

objects.before(async (context) => {
  context.store = await startObjectStore();
});
objects.before.each(({ store }) => store.createBucket().catch(() => undefined));
objects.after(({ store }) => store.close());

let clock = 0;
function follow(endpoint: string, prefix = ""): Reloader {
  const source = objectSource({ bucket: "flipt", endpoint, region: "us-east-1", prefix, pollMs: 1000 });
  return createReloader(source, () => `${clock++}`);
}

const document = (flag: string): string => `flags: [{key: ${flag}, name: ${flag}, enabled: true}]\n`;
const flags = (reloader: Reloader): string => [...(reloader.view().state("default")?.flags.keys() ?? [])].join(" ");
const version = (reloader: Reloader) => reloader.view().state("default")?.version;
const updatedAt = (reloader: Reloader) => reloader.view().state("default")?.namespace.updatedAt;
const refusal = (reloader: Reloader): Promise<string> =>
  reloader.reload().then(
    (result) => `was ${result}`,
    (error: Error) => error.message,
  );

objects("load :: an object, its version is its MD5", async ({ store }) => {
  await store.put("features.yml", document("a"));
  await store.put("notes.txt", "flags: [");
  const reloader = follow(store.endpoint);
  await reloader.reload();
  assert.is(flags(reloader), "a");
  assert.is(version(reloader), md5(document("a")));
  await store.remove("notes.txt");
});

objects("unchanged :: no object is read, updatedAt moves", async ({ store }) => {
  await store.put("features.yml", document("a"));
  const reloader = follow(store.endpoint);
  await reloader.reload();
  const before = updatedAt(reloader);
  await store.put("notes.txt", "x");
  assert.is(await reloader.reload(), "unchanged");
  assert.is(reloader.parsed(), 1);
  assert.is.not(updatedAt(reloader), before);
  await store.remove("notes.txt");
});

objects("unchanged :: a poll is one request, whatever is beside the documents", async ({ store }) => {
  const asked: string[] = [];
  const { port } = new URL(store.endpoint);
  const between = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    asked.push(`${method} ${new URL(url, "http://x").pathname}`);
    const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    incoming.pipe(onward);
  });
  await once(between.listen(0, "127.0.0.1"), "listening");
  try {
    await store.put("features.yml", document("a"));
    await store.put("notes.txt", "x");
    const reloader = follow(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
    await reloader.reload();
    assert.equal(asked.splice(0), ["GET /flipt/.flipt.yml", "GET /flipt/", "GET /flipt/features.yml"]);
    for (let poll = 0; poll < 3; poll += 1) {
      assert.is(await reloader.reload(), "unchanged");
      assert.equal(asked.splice(0), ["GET /flipt/"]);
    }
    await store.put("notes.txt", "y");
    assert.is(await reloader.reload(), "unchanged");
    assert.equal(asked.splice(0), ["GET /flipt/", "GET /flipt/.flipt.yml"]);
    assert.is(await reloader.reload(), "unchanged");
    assert.equal(asked.splice(0), ["GET /flipt/"]);
    await store.put(".flipt.yml", 'version: "1.0"\ninclude: ["none.yml"]\n');
    assert.is(await reloader.reload(), "changed");
    assert.equal([flags(reloader), reloader.parsed()], ["", 1]);
  } finally {
    between.close();
    between.closeAllConnections();
    for (const key of ["notes.txt", ".flipt.yml"]) await store.remove(key);
  }
});

const emptied: [name: string, empty: (store: ObjectStore) => Promise<void>][] = [
  ["0 bytes", (store) => store.put("features.yml", "")],
  ["only a comment", (store) => store.put("features.yml", "# nothing\n")],
  ["deleted", (store) => store.remove("features.yml")],
];
for (const [name, empty] of emptied) {
  objects(`empty :: ${name} takes all flags away`, async ({ store }) => {
    await store.put("features.yml", document("a"));
    const reloader = follow(store.endpoint);
    await reloader.reload();
    await empty(store);
    assert.is(await reloader.reload(), "changed");
    assert.equal([flags(reloader), version(reloader)], ["", undefined]);
  });
}

objects("last good :: invalid YAML, then good again", async ({ store }) => {
  await store.put("features.yml", document("a"));
  const reloader = follow(store.endpoint);
  await reloader.reload();
  await store.put("features.yml", "flags: [");
  assert.match(await refusal(reloader), /^yaml: /);
  assert.equal([flags(reloader), version(reloader)], ["a", md5(document("a"))]);
  await store.put("features.yml", document("b"));
  await reloader.reload();
  assert.is(flags(reloader), "b");
});

objects("last good :: the store is down and comes back", async ({ store }) => {
  await store.put("features.yml", document("a"));
  const reloader = follow(store.endpoint);
  await reloader.reload();
  await store.stop();
  assert.match(
    await refusal(reloader),
    /^blob \(key "\.flipt\.yml"\) \(code=Unknown\): .*exceeded maximum number of attempts, 3/,
  );
  assert.is(flags(reloader), "a");
  await store.start();
  assert.is(await reloader.reload(), "unchanged");
});

objects("last good :: the bucket is gone and comes back", async ({ store }) => {
  await store.put("features.yml", document("a"));
  const reloader = follow(store.endpoint);
  await reloader.reload();
  await store.remove("features.yml");
  await store.removeBucket();
  assert.match(await refusal(reloader), /^blob \(code=NotFound\): .*ListObjectsV2.*NoSuchBucket/);
  assert.is(flags(reloader), "a");
  await store.createBucket();
  await store.put("features.yml", document("b"));
  await reloader.reload();
  assert.is(flags(reloader), "b");
});

objects("several objects :: the last in key order wins, versions chain", async ({ store }) => {
  await store.put("backup/old-features.yml", document("a"));
  await store.put("features.yml", document("b"));
  const reloader = follow(store.endpoint);
  await reloader.reload();
  assert.is(flags(reloader), "a b");
  assert.is(version(reloader), etagOf(md5(document("a")) + md5(document("b"))).slice(0, 32));
  await store.remove("backup/old-features.yml");
});

// s3rver gives a plain ETag also to what was uploaded in parts
objects("version :: the MD5, none for an upload in parts", () => {
  const hash = md5("x");
  assert.equal([`"${hash}"`, hash, `"${hash}-2"`, undefined].map(objectVersion), [hash, hash, "", ""]);
});

objects("prefix :: plain concatenation", async ({ store }) => {
  await store.put("live/features.yml", document("live"));
  await store.put("live-old/features.yml", document("old"));
  const [exact, loose] = [follow(store.endpoint, "live/"), follow(store.endpoint, "live")];
  await exact.reload();
  await loose.reload();
  assert.equal([flags(exact), flags(loose)], ["live", "live old"]);
  for (const key of ["live/features.yml", "live-old/features.yml"]) await store.remove(key);
});

objects("index :: .flipt.yml chooses the objects", async ({ store }) => {
  await store.put("state.yml", document("state"));
  await store.put(".flipt.yml", 'version: "1.0"\ninclude: ["state.yml"]\n');
  const reloader = follow(store.endpoint);
  await reloader.reload();
  assert.is(flags(reloader), "state");
  for (const key of ["state.yml", ".flipt.yml"]) await store.remove(key);
});

const program = async (endpoint: string, env: Record<string, string> = {}) => {
  const object = {
    FLIPT_STORAGE_TYPE: "object",
    FLIPT_STORAGE_OBJECT_TYPE: "s3",
    FLIPT_STORAGE_OBJECT_S3_ENDPOINT: endpoint,
  };
  const port = { FLIPT_SERVER_HOST: "127.0.0.1", FLIPT_SERVER_HTTP_PORT: `${await freePort()}` };
  return run(flipt, { env: { ...keys, ...object, ...port, FLIPT_STORAGE_OBJECT_S3_BUCKET: "flipt", ...env } });
};
const lastLine = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
  (stdout + stderr).trimEnd().split("\n").at(-1) ?? "";

objects("start :: endpoint down is exit 1", async () => {
  const finished = await program(`http://127.0.0.1:${await freePort()}`);
  assert.is(finished.code, 1);
  assert.match(
    lastLine(finished),
    /^Error: blob \(key "\.flipt\.yml"\) \(code=Unknown\): .*attempts, 3, .*ECONNREFUSED/,
  );
});

objects("start :: bucket missing is exit 1", async ({ store }) => {
  const finished = await program(store.endpoint, { FLIPT_STORAGE_OBJECT_S3_BUCKET: "absent" });
  assert.is(finished.code, 1);
  assert.match(lastLine(finished), /^Error: blob \(code=NotFound\): .*ListObjectsV2.*NoSuchBucket/);
});

objects("start :: an unknown key is exit 1", async ({ store }) => {
  const finished = await program(store.endpoint, { AWS_ACCESS_KEY_ID: "nobody" });
  assert.is(finished.code, 1);
  assert.match(
    lastLine(finished),
    /^Error: blob \(key "\.flipt\.yml"\) \(code=Unknown\): .*StatusCode: 403, InvalidAccessKeyId/,
  );
});

objects("start :: a poll interval of 0s is exit 2", async ({ store }) => {
  const finished = await program(store.endpoint, { FLIPT_STORAGE_OBJECT_S3_POLL_INTERVAL: "0s" });
  assert.is(finished.code, 2);
  assert.match(lastLine(finished), /non-positive interval for NewTicker/);
});

objects("start :: invalid YAML is exit 1", async ({ store }) => {
  await store.put("features.yml", "flags: [");
  const finished = await program(store.endpoint);
  assert.is(finished.code, 1);
  assert.match(lastLine(finished), /^Error: yaml: /);
});

objects.run();
