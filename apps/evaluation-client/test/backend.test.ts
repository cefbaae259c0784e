import type { RequestListener } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startSidecar } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import { startApplication, startPlace, state } from "./application.ts";

const program = process.env.TEST_FLIPT_BIN;
const test = suite("broken backend");

const says =
  (status: number, body: string, type = "application/json"): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": type }).end(body);

const broken: [string, RequestListener | null, number, string, RegExp][] = [
  ["nobody listens", null, 502, "unreachable", /is unreachable: ECONNREFUSED$/],
  ["never answers", () => {}, 504, "timeout", /gave no answer within 300 ms$/],
  ["stops half-way", (_, response) => response.writeHead(200).write("{"), 504, "timeout", /within 300 ms$/],
  ["hangs up", (request) => request.socket.destroy(), 502, "unreachable", /is unreachable: /],
  ["a page instead", says(200, "<!doctype html>", "text/html"), 502, "bad-answer", /is it a Flipt/],
  ["a page with status 500", says(500, "<h1>oops</h1>", "text/html"), 502, "bad-answer", /is it a Flipt/],
  ["an error of its own", says(500, '{"code":13,"message":"disk\\nfull"}'), 502, "server-error", /disk full$/],
  ["null", says(200, "null"), 502, "bad-answer", /is it a Flipt/],
  ["null with status 500", says(500, "null"), 502, "bad-answer|server-error", /is it a Flipt|answered 500/],
  ["another API", says(200, '{"hello":"world"}'), 502, "bad-answer", /is it a Flipt v1/],
];

for (const [title, listener, status, kind, message] of broken) {
  const place = async () =>
    listener ? startPlace(listener) : { url: `http://127.0.0.1:${await freePort()}`, stop() {} };

  test(`sidecar :: ${title}`, async () => {
    const sidecar = await place();
    // Only what never answers is waited for as long as that.
    const REQUEST_TIMEOUT = kind === "timeout" ? "300ms" : "30s";
    const app = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url, REQUEST_TIMEOUT });
    try {
      const evaluated = await app.evaluate({ flagKey: "switch", entityId: "u" });
      const listed = await app.get("/api/namespaces");
      for (const error of [evaluated.body.answers.sidecar.error, listed.body.error]) {
        assert.match(error.kind, new RegExp(`^(${kind})$`));
        assert.match(error.message, message);
        assert.match(error.message, `sidecar "${sidecar.url}"`);
        assert.not.match(error.message, /\n/);
      }
      assert.equal([evaluated.status, listed.status], [status, status]);

      const ready = await app.get("/ready");
      assert.is(ready.status, 503);
      assert.match(ready.body.waitingFor, message);
      assert.is((await app.get("/health")).status, 200);
      const metrics = await app.metrics();
      assert.match(metrics, new RegExp(`evaluations_total\\{backend="sidecar",result="(${kind})"\\} 1`));
      assert.match(metrics, /^evaluation_client_ready 0$/m);
      assert.not.match(metrics, /^evaluation_client_sidecar_loaded_timestamp_seconds\{/m);
    } finally {
      await app.stop();
      sidecar.stop();
    }
  });
}

test("master :: each way it breaks leaves the sidecar's answer whole", async () => {
  const sidecar = await startSidecar({ state, program });
  try {
    for (const [title, listener, , kind] of broken.filter(([, present]) => present)) {
      const master = await startPlace(listener ?? (() => {}));
      const env = { FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url, REQUEST_TIMEOUT: "5s" };
      const app = await startApplication(env);
      assert.is((await app.get("/ready")).status, 200, title);
      const { status, body } = await app.evaluate({ backend: "both", flagKey: "switch", entityId: "u" });
      await app.stop();
      master.stop();
      assert.is(status, 200, title);
      assert.is(body.answers.sidecar.value, true, title);
      assert.match(body.answers.master.error.kind, new RegExp(`^(${kind})$`), title);
      assert.is(body.agree, null, title);
    }
  } finally {
    await sidecar.stop();
  }
});

test.run();
