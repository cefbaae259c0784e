import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareMoments, parseMoment } from "../src/evaluation/datetime.ts";

const datetime = suite("datetime");

const read: [text: string, seconds: number, nanoseconds: number][] = [
  ["1970-01-01", 0, 0],
  ["1970-01-02T00:00:00Z", 86400, 0],
  ["1970-01-01T1:00:00Z", 3600, 0],
  ["1970-01-01T00:00:01.5Z", 1, 500_000_000],
  ["1970-01-01T00:00:01,25Z", 1, 250_000_000],
  ["1970-01-01T00:00:01.0000000019Z", 1, 1],
  ["1970-01-01T01:00:00+01:00", 0, 0],
  ["1970-01-02T00:00:00+24:00", 0, 0],
  ["1969-12-31T23:59:00-00:01", 0, 0],
  ["2024-02-29", 1_709_164_800, 0],
  ["0000-01-01", -62_167_219_200, 0],
];
for (const [text, seconds, nanoseconds] of read) {
  datetime(`read :: ${text}`, () => assert.equal(parseMoment(text), { seconds, nanoseconds }));
}

const refused = [
  ...["", "2026-3-1", "2026-02-30", "2026-13-01", "2026-00-01", "2026-01-00", "20260101", "2025-02-29"],
  ...[
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00Z",
  ],
  ...["2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+25:00", "2026-01-01t00:00:00Z", "2026-01-01T00:00:00z"],
  ...["2026-01-01 00:00:00Z", " 2026-01-01", "2026-01-01T00:00:00.Z"],
];
for (const text of refused) datetime(`refuse :: "${text}"`, () => assert.is(parseMoment(text), undefined));

datetime("compare :: nanoseconds decide within a second", () => {
  assert.ok(compareMoments({ seconds: 1, nanoseconds: 1 }, { seconds: 1, nanoseconds: 2 }) < 0);
  assert.ok(compareMoments({ seconds: 2, nanoseconds: 0 }, { seconds: 1, nanoseconds: 9 }) > 0);
});

datetime.run();
