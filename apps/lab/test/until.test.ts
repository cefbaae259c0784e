import { suite } from "uvu";
import * as assert from "uvu/assert";
import { until } from "../src/until.ts";

const test = suite("until");

test("value :: returned as soon as it is seen", async () => {
  let looks = 0;
  const value = await until<string>("it", { seconds: 5, everyMs: 1 }, async () => {
    looks += 1;
    return looks === 3 ? { value: "there" } : { seen: "nothing" };
  });
  assert.equal([value, looks], ["there", 3]);
});

test("deadline :: tells what was seen last", async () => {
  try {
    await until("the flag", { seconds: 0.02, everyMs: 5 }, async () => ({ seen: "status 404" }));
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "the flag not there after 0.02s: status 404");
  }
});

test("probe :: its error ends the wait at once", async () => {
  let looks = 0;
  try {
    await until("it", { seconds: 30 }, async () => {
      looks += 1;
      throw new Error("wrong key");
    });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "wrong key");
  }
  assert.is(looks, 1);
});

test("signal :: ends the wait between two probes", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("stopped")), 20);
  try {
    await until("it", { seconds: 30, everyMs: 10_000, signal: stop.signal }, async () => ({ seen: "nothing" }));
    assert.unreachable();
  } catch (error) {
    assert.ok(stop.signal.aborted && error instanceof Error);
  }
});

test.run();
