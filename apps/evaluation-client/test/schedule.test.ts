import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nextRun, readSchedule } from "../src/schedule.ts";

const test = suite("schedule");

const starts = [
  ["*/1 * * * *", "10:00:00", "10:01:00"],
  ["* * * * *", "10:00:59.999", "10:01:00"],
  ["*/7 * * * *", "10:57:00", "11:00:00"],
  ["*/7 * * * *", "10:55:00", "10:56:00"],
  ["5,35 * * * *", "10:05:00", "10:35:00"],
  ["5,35 * * * *", "10:40:00", "11:05:00"],
  ["5s", "10:00:04", "10:00:05"],
  ["60s", "10:00:00", "10:01:00"],
  ["1.5s", "10:00:00", "10:00:01.5"],
  ["0.5s", "10:00:00", "10:00:00.5"],
  ["2m", "10:01:30", "10:02:00"],
  ["1h", "10:01:30", "11:00:00"],
] as const;
for (const [text, now, next] of starts) {
  test(`next :: ${text} at ${now}`, () => {
    const schedule = readSchedule(text);
    assert.ok(schedule);
    const nowMs = Date.parse(`2026-01-02T${now}Z`);
    const nextMs = Date.parse(`2026-01-02T${next}Z`);
    assert.equal(nextRun(schedule, nowMs), {
      schedule: text,
      at: new Date(nextMs).toISOString(),
      inSeconds: (nextMs - nowMs) / 1000,
    });
  });
}

for (const text of ["", "soon", "0s", "*/0 * * * *", "60 * * * *", "* 1 * * *", "* * * *", "1,x * * * *", "5"]) {
  test(`refuses :: "${text}"`, () => assert.is(readSchedule(text), undefined));
}

test.run();
