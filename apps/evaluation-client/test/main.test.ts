import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freePort } from "../../../testing/port.ts";
import { repository, run } from "../../../testing/process.ts";
import { startPlace } from "./application.ts";
import { startClient } from "./client.ts";

const test = suite("main");
const bin = repository("apps/evaluation-client/bin.js");
const boolean = { enabled: true, reason: "DEFAULT_EVALUATION_REASON", segmentKeys: [], flagKey: "f" };
const batch = JSON.stringify({ responses: [{ type: "BOOLEAN_EVALUATION_RESPONSE_TYPE", booleanResponse: boolean }] });

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`stop :: ${signal} lets a running request finish, takes no new one, exits with 0`, async () => {
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let answer = () => {};
    const place = await startPlace((_, response) => {
      answer = () => response.end(batch);
      arrived();
    });
    const { url, running } = await startClient({ FLIPT_SIDECAR_URL: place.url, REQUEST_TIMEOUT: "20s" });
    const pending = fetch(`${url}/evaluate/default/f?entity=u`);
    await asked;
    running.child.kill(signal);
    await until("closed port", { seconds: 120, everyMs: 20 }, async () => {
      const health = await fetch(`${url}/health`).catch(() => undefined);
      return health ? { seen: `${health.status}` } : { value: true };
    });
    answer();
    const response = await pending;
    assert.is(response.status, 200);
    assert.is(((await response.json()) as { answers: { sidecar: { value: boolean } } }).answers.sidecar.value, true);
    const { code, stderr } = await running.finished;
    assert.equal([code, stderr], [0, ""], "ends with its last answer, not with the grace time");
    place.stop();
  });
}

test("stop :: a request that hangs is given up after five seconds", async () => {
  let arrived = () => {};
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const place = await startPlace(() => arrived());
  const { url, running } = await startClient({ FLIPT_SIDECAR_URL: place.url, REQUEST_TIMEOUT: "30s" });
  const pending = fetch(`${url}/evaluate/default/f?entity=u`).catch(() => undefined);
  await asked;
  const begin = Date.now();
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.finished;
  assert.equal([code, stderr], [0, "evaluation-client: gave up the requests that had no answer after 5 s\n"]);
  assert.ok(Date.now() - begin >= 4900);
  assert.is(await pending, undefined);
  place.stop();
});

test("start :: a bad environment is one line and exit 2", async () => {
  const { code, stdout, stderr } = await run(process.execPath, {
    args: [bin],
    env: { PORT: "x", FLIPT_MASTER_URL: "y" },
  });
  assert.equal([code, stdout], [2, ""]);
  assert.match(stderr, /^evaluation-client: bad environment: PORT="x" .*; FLIPT_MASTER_URL="y" [^\n]*\n$/);
});

test("start :: a taken port is one line and exit 1", async () => {
  const place = await startPlace(() => {});
  const { code, stderr } = await run(process.execPath, { args: [bin], env: { PORT: new URL(place.url).port } });
  place.stop();
  assert.is(code, 1);
  assert.match(stderr, /^evaluation-client: port \d+ of "127.0.0.1" is taken: set PORT [^\n]*\n$/);
});

test("start :: listens where it says, for a sidecar that is not there yet", async () => {
  const port = `${await freePort()}`;
  const { url, running } = await startClient({ PORT: port, FLIPT_SIDECAR_URL: "http://127.0.0.1:1" });
  assert.is(url, `http://127.0.0.1:${port}`);
  assert.is((await fetch(`${url}/health`)).status, 200);
  assert.is((await fetch(`${url}/ready`)).status, 503);
  await running.stop();
});

test.run();
