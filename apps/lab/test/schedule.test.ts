import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nextTick, Schedule } from "../src/drivers/process/schedule.ts";
import { until } from "../src/until.ts";

const tick = suite("nextTick");

for (const [now, every, next] of [
  [0, 60_000, 60_000],
  [1, 60_000, 60_000],
  [59_999, 60_000, 60_000],
  [60_000, 60_000, 120_000],
  [61_234, 5000, 65_000],
] as const) {
  tick(`full interval :: ${now} each ${every}`, () => assert.is(nextTick(now, every), next));
}

tick.run();

// ---

const test = suite("Schedule");

test("overlap :: a slow run is never joined by a second one", async () => {
  let [running, most, runs] = [0, 0, 0];
  const schedule = new Schedule(0.05, async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 170));
    running -= 1;
  });
  schedule.start();
  await until("three runs", { seconds: 120 }, async () => (runs >= 3 ? { value: true } : { seen: `${runs}` }));
  await schedule.stop();
  assert.equal([most, running], [1, 0], "one at a time, and stop waits for the last");
});

test("next :: lies in the future, at a full interval", async () => {
  const schedule = new Schedule(60, async () => {});
  schedule.start();
  assert.ok(schedule.next > Date.now());
  assert.is(schedule.next % 60_000, 0);
  await schedule.stop();
});

test.run();
