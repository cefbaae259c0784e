import { suite } from "uvu";
import * as assert from "uvu/assert";
import { config } from "../src/config.ts";
import { Stop } from "../src/stop.ts";

const good = { FLIPT_URL: "http://flipt-master:8080", SINK_URL: "file:///data/features.yml" };
const complaint = (env: Record<string, string>): string => {
  try {
    config(env);
  } catch (error) {
    if (error instanceof Stop && error.exit === 2) return error.message;
    throw error;
  }
  return assert.unreachable("should complain") as never;
};

const test = suite("config");

test("defaults :: 50 s, half, nothing allowed", () => {
  const { timeoutMs, maxShrink, maxGrowth, maxBytes, allowEmpty, allowShrink, allowGrowth, sink } = config(good);
  assert.equal([timeoutMs, maxShrink, maxGrowth, maxBytes], [50_000, 0.5, 10, Number.POSITIVE_INFINITY]);
  assert.equal([allowEmpty, allowShrink, allowGrowth], [false, false, false]);
  assert.equal(sink, { kind: "file", url: good.SINK_URL, path: "/data/features.yml" });
});

test("values :: all of them", () => {
  const env = {
    ...good,
    FLIPT_NAMESPACES: "b, a,b",
    EXPORT_TIMEOUT: "2m",
    EXPORT_MAX_SHRINK: ".25",
    EXPORT_ALLOW_EMPTY: "true",
    EXPORT_ALLOW_SHRINK: "1",
    EXPORT_MAX_GROWTH: "2.5",
    EXPORT_MAX_BYTES: "4Mi",
    EXPORT_ALLOW_GROWTH: "true",
  };
  const { flipt, timeoutMs, maxShrink, maxGrowth, maxBytes, allowEmpty, allowShrink, allowGrowth } = config(env);
  assert.equal(flipt.namespaces, ["a", "b"]);
  assert.equal([timeoutMs, maxShrink, maxGrowth, maxBytes], [120_000, 0.25, 2.5, 4 * 1024 * 1024]);
  assert.equal([allowEmpty, allowShrink, allowGrowth], [true, true, true]);
});

test("s3 :: bucket, key and what the AWS variables say", () => {
  const aws = {
    AWS_ENDPOINT_URL_S3: "http://minio:9000",
    AWS_REGION: "eu-1",
    AWS_ACCESS_KEY_ID: "k",
    AWS_SECRET_ACCESS_KEY: "s",
  };
  const { sink } = config({ ...good, SINK_URL: "s3://flipt/live/features.yml", ...aws });
  const credentials = { accessKeyId: "k", secretAccessKey: "s", sessionToken: undefined };
  assert.equal(sink, {
    kind: "s3",
    url: "s3://flipt/live/features.yml",
    bucket: "flipt",
    key: "live/features.yml",
    endpoint: "http://minio:9000",
    region: "eu-1",
    credentials,
  });
});

for (const [name, url] of [
  ["yaml", "file:///data/features.yaml"],
  ["in a folder", "s3://flipt/live/features.yml"],
  ["behind another name", "s3://flipt/old-features.yml"],
] as const)
  test(`names :: ${name} is loaded`, () => assert.is(config({ ...good, SINK_URL: url }).sink.url, url));

for (const [name, value, message] of [
  ["FLIPT_URL", "ftp://x", /unknown scheme "ftp:" in FLIPT_URL/],
  ["FLIPT_URL", "flipt master", /bad FLIPT_URL: not a URL/],
  ["FLIPT_URL", "http://me:secret@x", /bad FLIPT_URL: a user or password/],
  ["SINK_URL", "gs://flipt/x", /unknown scheme "gs:" in SINK_URL: expected "s3:" or "file:"/],
  ["SINK_URL", "s3://flipt", /expected "s3:\/\/BUCKET\/KEY"/],
  ["SINK_URL", "s3://flipt/folder/", /expected "s3:\/\/BUCKET\/KEY"/],
  ["SINK_URL", "file://host/x", /expected "file:\/\/\/FOLDER\/features.yml"/],
  ["SINK_URL", "file:///data/", /expected "file:\/\/\/FOLDER\/features.yml"/],
  [
    "SINK_URL",
    "s3://flipt/export.yml",
    /"s3:\/\/flipt\/export.yml".*only names that end in "features.yml" or "features.yaml"/,
  ],
  ["SINK_URL", "s3://flipt/live/flags.yaml", /only names that end in/],
  ["SINK_URL", "file:///data/features.json", /only names that end in/],
  ["SINK_URL", "file:///data/features.yml.bak", /only names that end in/],
  ["EXPORT_TIMEOUT", "50", /bad EXPORT_TIMEOUT "50"/],
  ["EXPORT_TIMEOUT", "0s", /bad EXPORT_TIMEOUT "0s"/],
  ["EXPORT_MAX_SHRINK", "1.5", /bad EXPORT_MAX_SHRINK "1.5"/],
  ["EXPORT_MAX_GROWTH", "0.5", /bad EXPORT_MAX_GROWTH "0.5": expected a number from 1/],
  ["EXPORT_MAX_BYTES", "4MB", /bad EXPORT_MAX_BYTES "4MB": expected a number of bytes/],
  ["EXPORT_MAX_BYTES", "0", /bad EXPORT_MAX_BYTES "0"/],
  ["EXPORT_ALLOW_EMPTY", "yes", /bad EXPORT_ALLOW_EMPTY "yes"/],
  ["FLIPT_NAMESPACES", "a,,b", /bad FLIPT_NAMESPACES/],
  ["FLIPT_TOKEN", "two words secret", /bad FLIPT_TOKEN: expected/],
] as const) {
  test(`complaint :: ${name}=${value}`, () => {
    const seen = complaint({ ...good, [name]: value });
    assert.match(seen, message);
    assert.not.match(seen, /secret|\n/);
  });
}

test("complaint :: all in one line", () => {
  const seen = complaint({ EXPORT_TIMEOUT: "x", EXPORT_MAX_SHRINK: "y" });
  assert.match(seen, /missing environment: FLIPT_URL, SINK_URL; bad EXPORT_TIMEOUT "x".*; bad EXPORT_MAX_SHRINK "y"/);
});

test.run();
