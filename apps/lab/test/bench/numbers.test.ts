import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linear, logarithmic } from "../../src/bench/chart/scale.ts";
import { toRows } from "../../src/bench/evaluation.ts";
import { type Plan, readSamples, type Sample } from "../../src/bench/load.ts";
import { findRun, split } from "../../src/bench/propagation.ts";
import { spread } from "../../src/bench/spread.ts";
import { consume, cores } from "../../src/bench/usage.ts";
import type { ExportRun } from "../../src/lab.ts";

const spreads = suite("spread");
for (const [numbers, median, low, high] of [
  [[5], 5, 5, 5],
  [[9, 1, 10], 9, 1, 10],
  [[4, 1, 3, 2], 2.5, 1, 4],
] as const)
  spreads(`of ${numbers}`, () => assert.equal(spread([...numbers]), { median, low, high }));
spreads("of nothing :: refused", () => assert.throws(() => spread([]), "there are no numbers to sum up"));
spreads.run();

// ---

const run = (from: number, to: number, outcome = "published"): ExportRun => ({
  started: from - 200,
  ended: to + 50,
  scheduled: true,
  exit: 0,
  line: "",
  log: { outcome, time: new Date(to).toISOString(), durationMs: to - from },
});

const runs = suite("the run that carried a change");
const changed = 1000;
const answered = 5000;
for (const [name, known, expected] of [
  ["none", [], undefined],
  ["begun after it", [run(2000, 2500)], 0],
  ["the first of two", [run(2000, 2500), run(3000, 3500)], 0],
  ["ended before it", [run(500, 900), run(3000, 3500)], 1],
  ["begun after the answer", [run(5500, 6000)], undefined],
  ["still reading back at the answer", [run(3000, 6000)], 0],
  ["had nothing to publish", [run(2000, 2500, "unchanged"), run(3000, 3500)], 1],
  ["under way, and the answer came before the next", [run(900, 1100)], 0],
  ["under way, but another began after it", [run(900, 1100), run(3000, 3500)], 1],
] as const)
  runs(name, () =>
    assert.is(findRun([...known], changed, answered), expected === undefined ? undefined : known[expected]),
  );
runs("without a log :: by the times of the process", () => {
  const bare = { ...run(2000, 2500), log: { outcome: "published" } };
  assert.equal(split(changed, bare, answered), { schedule: 0.8, export: 0.75, poll: 2.45, total: 4 });
});
for (const [name, from, to, expected] of [
  ["begun after the change", 2000, 2500, { schedule: 1, export: 0.5, poll: 2.5, total: 4 }],
  ["still reading back at the answer", 4000, 5100, { schedule: 3, export: 1, poll: 0, total: 4 }],
  ["under way at the change", 900, 1100, { schedule: 0, export: 0.1, poll: 3.9, total: 4 }],
] as const)
  runs(`parts :: ${name}`, () => assert.equal(split(changed, run(from, to), answered), expected));
runs.run();

// ---

const usages = suite("usage");
const look = (at: number, cpu: number, memory = 1) => ({ part: "store", memory, cpu, at });
usages("cores :: processor time for each second", () => assert.is(cores(look(1000, 2), look(3000, 3)), 0.5));
usages("cores :: seen once", () => assert.is(cores(look(1000, 2), look(1000, 2)), undefined));
usages("cores :: started anew in between", () => assert.is(cores(look(1000, 2), look(3000, 1)), 0));
usages("consumption :: smallest and largest memory", () =>
  assert.equal(consume(new Map([["store", [look(0, 0, 5), look(1000, 1, 9), look(2000, 1, 7)]]])), [
    { part: "store", memory: { low: 5, peak: 9 }, cores: 0.5 },
  ]),
);
usages.run();

// ---

const samples = suite("samples");
const sample = (id: string, p50: number, count = 10): Sample => ({
  id,
  run: 0,
  count,
  failed: 1,
  bytes: 216,
  rate: 100 * p50,
  latency: { p50, p90: 2 * p50, p99: 3 * p50, max: 4 * p50 },
});
const plan: Plan = { runs: 2, seconds: 1, warmSeconds: 0, targets: [] };
const target = { id: "a", url: "", headers: {}, body: "", expect: "", connections: 1 };
const lines = (...all: Sample[]): string => all.map((each) => JSON.stringify(each)).join("\n");
samples("read :: all of them", () =>
  assert.is(readSamples(lines(sample("a", 1), sample("a", 2)), { ...plan, targets: [target] }).length, 2),
);
samples("read :: one is missing", () =>
  assert.throws(
    () => readSamples(`${lines(sample("a", 1))}\nKilled`, { ...plan, targets: [target] }),
    "the load generator ended after 1 of 2 measurements: Killed",
  ),
);
samples("read :: one without an answer", () =>
  assert.throws(
    () => readSamples(lines({ ...sample("a", 1, 0), fault: "ECONNREFUSED" }), { ...plan, runs: 1, targets: [target] }),
    "the load generator had no good answer for a: ECONNREFUSED",
  ),
);
samples("rows :: each server in each situation, over all runs", () => {
  const ids = ["single", "batch"].flatMap((kind) =>
    [1, 16].flatMap((count) => ["sidecar", "master", "empty"].map((server) => `${kind} ${count} ${server}`)),
  );
  const rows = toRows(
    "small",
    [...ids, ...ids].map((id, index) => sample(id, index + 1)),
  );
  assert.is(rows.length, 12);
  const [first] = rows;
  assert.equal([first?.kind, first?.connections, first?.server], ["single", 1, "sidecar"]);
  assert.equal([first?.answers, first?.failed], [20, 2]);
  assert.equal(first?.latency.p99, { median: 21, low: 3, high: 39 });
  assert.equal(first?.rate, { median: 700, low: 100, high: 1300 });
});
samples.run();

// ---

const scales = suite("scale");
scales("linear :: from zero beyond the largest, at round marks", () => {
  const { at, ticks } = linear(65, 100, 200);
  assert.equal(ticks, [0, 20, 40, 60, 80]);
  assert.equal([at(0), at(40), at(80)], [100, 150, 200]);
});
scales("logarithmic :: whole decades", () => {
  const { at, ticks } = logarithmic([0.3, 20], 0, 300);
  assert.equal(ticks, [0.1, 1, 10, 100]);
  assert.equal([at(0.1), at(1), at(100)], [0, 100, 300]);
});
scales("logarithmic :: one value", () => assert.equal(logarithmic([1], 0, 1).ticks, [1, 10]));
scales.run();
