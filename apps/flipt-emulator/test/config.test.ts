import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readConfig } from "../src/config.ts";
import { milliseconds } from "../src/duration.ts";

const config = suite("config");

config("defaults :: a database, port 8080", () => {
  const { server, storage, databaseUrl, ui, log } = readConfig({});
  assert.equal(server, { host: "0.0.0.0", httpPort: 8080, grpcPort: 9000 });
  assert.equal(storage, { type: "database", readOnly: false });
  assert.equal([databaseUrl, ui, log], ["file:/var/opt/flipt/flipt.db", true, { level: "INFO", encoding: "console" }]);
});

config("local :: Flipt polls every 30 s", () => {
  assert.equal(readConfig({ FLIPT_STORAGE_TYPE: "local" }).storage, { type: "local", path: ".", pollMs: 30_000 });
});

config("object :: bucket, endpoint, prefix, interval", () => {
  const s3 = (name: string) => `FLIPT_STORAGE_OBJECT_S3_${name}`;
  const { storage } = readConfig({
    ...{ FLIPT_STORAGE_TYPE: "object", FLIPT_STORAGE_OBJECT_TYPE: "s3", AWS_REGION: "eu-west-1" },
    ...{ [s3("BUCKET")]: "flipt", [s3("ENDPOINT")]: "http://s3", [s3("PREFIX")]: "live/", [s3("POLL_INTERVAL")]: "5s" },
  });
  const expected = { bucket: "flipt", endpoint: "http://s3", region: "eu-west-1", prefix: "live/", pollMs: 5000 };
  assert.equal(storage, { type: "object", s3: expected });
});

config("authentication :: off, or by tokens", () => {
  assert.equal(readConfig({}).authentication, { required: false, tokens: false, bootstrapToken: undefined });
  const { authentication } = readConfig({
    FLIPT_AUTHENTICATION_REQUIRED: "true",
    FLIPT_AUTHENTICATION_METHODS_TOKEN_ENABLED: "true",
    FLIPT_AUTHENTICATION_METHODS_TOKEN_BOOTSTRAP_TOKEN: "letmein",
  });
  assert.equal(authentication, { required: true, tokens: true, bootstrapToken: "letmein" });
});

config("unknown :: other variables are ignored", () => {
  assert.equal(readConfig({ FLIPT_DB_PORT: "tcp://10.0.0.1:5432", FLIPT_CACHE_ENABLED: "perhaps" }), readConfig({}));
});

const refused: [env: Record<string, string>, message: string][] = [
  [{ FLIPT_SERVER_HTTP_PORT: "http" }, 'FLIPT_SERVER_HTTP_PORT: expected a port, got "http"'],
  [{ FLIPT_SERVER_HTTP_PORT: "65536" }, 'FLIPT_SERVER_HTTP_PORT: expected a port, got "65536"'],
  [{ FLIPT_STORAGE_TYPE: "git" }, 'FLIPT_STORAGE_TYPE: expected database or local or object, got "git"'],
  [{ FLIPT_STORAGE_TYPE: "Local" }, 'FLIPT_STORAGE_TYPE: expected database or local or object, got "Local"'],
  [
    { FLIPT_STORAGE_TYPE: "object", FLIPT_STORAGE_OBJECT_TYPE: "s3" },
    "FLIPT_STORAGE_OBJECT_S3_BUCKET: must name the bucket",
  ],
  [
    { FLIPT_STORAGE_TYPE: "object", FLIPT_STORAGE_OBJECT_S3_BUCKET: "b" },
    "FLIPT_STORAGE_OBJECT_TYPE: expected s3, got nothing",
  ],
  [
    { FLIPT_STORAGE_TYPE: "object", FLIPT_STORAGE_OBJECT_TYPE: "S3", FLIPT_STORAGE_OBJECT_S3_BUCKET: "b" },
    'FLIPT_STORAGE_OBJECT_TYPE: expected s3, got "S3"',
  ],
  [
    { FLIPT_STORAGE_TYPE: "local", FLIPT_STORAGE_READ_ONLY: "false" },
    "FLIPT_STORAGE_READ_ONLY: local is always read-only",
  ],
  [{ FLIPT_SERVER_PROTOCOL: "https" }, "FLIPT_SERVER_PROTOCOL: https is not emulated"],
  [{ FLIPT_UI_ENABLED: "maybe" }, 'FLIPT_UI_ENABLED: expected true or false, got "maybe"'],
  [{ FLIPT_UI_ENABLED: "tRUE" }, 'FLIPT_UI_ENABLED: expected true or false, got "tRUE"'],
  [{ FLIPT_LOG_ENCODING: "text" }, 'FLIPT_LOG_ENCODING: expected json or console, got "text"'],
  [{ FLIPT_AUTHENTICATION_REQUIRED: "yes" }, 'FLIPT_AUTHENTICATION_REQUIRED: expected true or false, got "yes"'],
  [
    { FLIPT_STORAGE_TYPE: "local", FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: "5" },
    'FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: expected a duration such as 30s, got "5"',
  ],
];
for (const [env, message] of refused) {
  config(`refuse :: ${Object.entries(env).flat().join(" ")}`, () => {
    assert.throws(
      () => readConfig(env),
      (error: Error) => error.message === `invalid configuration: ${message}`,
    );
  });
}

const accepted: [env: Record<string, string>, log: object][] = [
  [{ FLIPT_LOG_LEVEL: "trace" }, { level: "INFO", encoding: "console" }],
  [
    { FLIPT_LOG_LEVEL: "Warning", FLIPT_LOG_ENCODING: "JSON" },
    { level: "WARN", encoding: "json" },
  ],
  [
    { FLIPT_LOG_LEVEL: "dpanic", FLIPT_SERVER_PROTOCOL: "Https" },
    { level: "PANIC", encoding: "console" },
  ],
];
for (const [env, log] of accepted)
  config(`accept :: ${Object.entries(env).flat().join(" ")}`, () => assert.equal(readConfig(env).log, log));

config("refuse :: everything that is wrong at once", () => {
  assert.throws(
    () => readConfig({ FLIPT_SERVER_HTTP_PORT: "x", FLIPT_STORAGE_TYPE: "y" }),
    /HTTP_PORT: .*; FLIPT_STORAGE_TYPE: /,
  );
});

const durations: [text: string, value: number | undefined][] = [
  ["30s", 30_000],
  ["1m30s", 90_000],
  ["500ms", 500],
  ["1.5h", 5_400_000],
  ["0", 0],
  ["0s", 0],
  ["-1s", -1000],
  ["5", undefined],
  ["s", undefined],
  ["1 s", undefined],
  ["", undefined],
];
for (const [text, value] of durations) config(`duration :: "${text}"`, () => assert.is(milliseconds(text), value));

config.run();
