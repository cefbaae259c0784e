import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { repository, run, start } from "../../../testing/process.ts";
import { filePlace, objectPlace, startS3rver } from "./place.ts";
import { stream } from "./state.ts";

const test = suite("main");
const program = repository("apps/exporter/bin.js");
const master = await startMaster({ state: stream("one") });
test.after(() => master.stop());

test("exit 0 :: one line of JSON for programs, one of text for people", async () => {
  const place = await filePlace();
  const { code, stdout, stderr } = await run(program, { env: { FLIPT_URL: master.url, SINK_URL: place.sink.url } });
  assert.is(code, 0, stderr);
  assert.match(stderr, /^flipt-exporter: published "file:.*: 5 flags in 2 namespaces, \d+ bytes, ETag [0-9a-f]{40}\n$/);
  assert.match(stdout, /^\{.*\}\n$/);
  const { outcome, exit, level, flags, namespaces, conditional, requests } = JSON.parse(stdout);
  const expected = {
    outcome: "published",
    exit: 0,
    level: "info",
    flags: 5,
    namespaces: 2,
    conditional: true,
    requests: 15,
  };
  assert.equal({ outcome, exit, level, flags, namespaces, conditional, requests }, expected);
  await place.stop();
});

test("exit 143 :: SIGTERM ends a run that waits for its master", async () => {
  const deaf = createServer();
  const url = await new Promise<string>((resolve) => {
    deaf.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(deaf.address() as AddressInfo).port}`));
  });
  const asked = once(deaf, "request");
  const place = await filePlace();
  const running = start(program, { env: { FLIPT_URL: url, SINK_URL: place.sink.url } });
  await asked;
  running.child.kill("SIGTERM");
  const { code, signal } = await running.finished;
  deaf.closeAllConnections();
  deaf.close();
  assert.equal([code, signal, await place.read()], [143, null, undefined]);
  await place.stop();
});

for (const [exit, env, line] of [
  [1, { SINK_URL: "file:///tmp/features.yml", EXPORT_TIMEOUT: "1ms" }, /not done after EXPORT_TIMEOUT/],
  [2, { SINK_URL: "ftp://x/features.yml" }, /unknown scheme "ftp:"/],
  [2, {}, /missing environment: SINK_URL/],
  [3, { SINK_URL: "file:///tmp/features.yml", FLIPT_URL: "http://127.0.0.1:1" }, /ECONNREFUSED/],
] as const) {
  test(`exit ${exit} :: ${line.source}`, async () => {
    const { code, stdout, stderr } = await run(program, { env: { FLIPT_URL: master.url, ...env } });
    assert.is(code, exit, stderr);
    assert.match(stderr, line);
    assert.is(stderr.trim().split("\n").length, 1);
    const log = JSON.parse(stdout);
    assert.equal([log.exit, log.level], [exit, "error"]);
  });
}

test("object :: no warning that is not ours, no secret", async () => {
  const store = await startS3rver();
  const { sink, stop } = objectPlace(store.endpoint, store.keys);
  const env = {
    FLIPT_URL: master.url,
    FLIPT_TOKEN: "t0ken",
    SINK_URL: sink.url,
    AWS_ENDPOINT_URL_S3: store.endpoint,
    AWS_ACCESS_KEY_ID: "S3RVER",
    AWS_SECRET_ACCESS_KEY: "S3RVER",
  };
  const { code, stdout, stderr } = await run(program, { env });
  assert.is(code, 0, stderr);
  assert.is(stderr.trim().split("\n").length, 1, stderr);
  assert.not.match(stdout + stderr, /t0ken|S3RVER/);
  await Promise.all([store.stop(), stop()]);
});

test.run();
