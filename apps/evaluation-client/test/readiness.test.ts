import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startSidecar } from "../../../testing/flipt.ts";
import { startApplication, startPlace, state } from "./application.ts";

const program = process.env.TEST_FLIPT_BIN;
const test = suite("ready");

test("latch :: green with the first flag, and still when the sidecar is gone", async () => {
  const sidecar = await startSidecar({ state, program });
  const app = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url });
  try {
    const first = await app.get("/ready");
    assert.equal([first.status, first.body.ready], [200, true]);
    await sidecar.stop();
    assert.is((await app.evaluate({ flagKey: "switch", entityId: "u" })).status, 502);
    assert.equal(await app.get("/ready"), first);
  } finally {
    await app.stop();
  }
});

test("wait :: a sidecar without a flag is named", async () => {
  const sidecar = await startSidecar({ state: "", program });
  const app = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url });
  try {
    const { status, body } = await app.get("/ready");
    assert.is(status, 503);
    assert.match(body.waitingFor, /has no flag in 1 namespace\(s\) yet$/);
  } finally {
    await app.stop();
    await sidecar.stop();
  }
});

for (const [flag, status] of [
  ["other/switch", 200],
  ["other/colour", 503],
] as const) {
  test(`flag :: ${flag} decides with ${status}`, async () => {
    const sidecar = await startSidecar({ state, program });
    const app = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url, FLIPT_READY_FLAG: flag });
    try {
      const ready = await app.get("/ready");
      assert.is(ready.status, status);
      if (status === 503) assert.match(ready.body.waitingFor, `flag "${flag}" not found on sidecar`);
    } finally {
      await app.stop();
      await sidecar.stop();
    }
  });
}

test("probes :: that come together share one question", async () => {
  let asked = 0;
  const place = await startPlace((_, response) => {
    asked += 1;
    setTimeout(() => response.end('{"namespaces":[]}'), 100);
  });
  const app = await startApplication({ FLIPT_SIDECAR_URL: place.url });
  try {
    await Promise.all(Array.from({ length: 10 }, () => app.get("/ready")));
    assert.is(asked, 1);
  } finally {
    await app.stop();
    place.stop();
  }
});

test.run();
