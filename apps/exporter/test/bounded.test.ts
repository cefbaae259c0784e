import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import { run } from "../src/run.ts";
import { filePlace, objectPlace } from "./place.ts";
import { startProxy } from "./proxy.ts";
import { stall } from "./spoil.ts";
import { settings, stream } from "./state.ts";

const test = suite("bounded");
const master = await startMaster({ state: stream("one") });
const proxy = await startProxy(master.url);
const place = await filePlace();
/** A store that takes connections and never answers. */
const deaf = createServer(() => {});
const port = await freePort();
await new Promise<void>((resolve) => deaf.listen(port, "127.0.0.1", resolve));
const object = objectPlace(`http://127.0.0.1:${port}`, { accessKeyId: "x", secretAccessKey: "y" });
proxy.treat = ({ path }) => (path.includes("/rules") ? stall : undefined);
test.after(async () => {
  await Promise.all([proxy.stop(), master.stop(), place.stop(), object.stop()]);
  deaf.close();
});

test("run :: not done after EXPORT_TIMEOUT", async () => {
  const outcome = await run(settings(proxy.url, place.sink, { timeoutMs: 400 }));
  assert.equal([outcome.exit, outcome.gate], [1, "bounded"]);
  assert.match(outcome.message, /not done after EXPORT_TIMEOUT \(400 ms\)/);
  assert.is(await place.read(), undefined);
});

test("request :: of master and of store, given up after 10 s", async () => {
  const [slowMaster, slowStore] = await Promise.all([
    run(settings(proxy.url, place.sink)),
    run(settings(master.url, object.sink)),
  ]);
  assert.equal([slowMaster.exit, slowMaster.gate], [1, "bounded"]);
  assert.match(slowMaster.message, /\/colour\/rules.*not answered in full after 10s/);
  assert.ok(slowMaster.durationMs >= 9900, String(slowMaster.durationMs));
  assert.equal([slowStore.exit, slowStore.gate], [1, "bounded"]);
  assert.match(slowStore.message, /read of "s3:\/\/flipt\/features.yml": not answered after 10s/);
  assert.is(await place.read(), undefined);
});

test.run();
