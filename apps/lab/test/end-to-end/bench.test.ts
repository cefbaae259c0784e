import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository, run } from "../../../../testing/process.ts";
import type { Report } from "../../src/bench/report.ts";

const lab = repository("apps/lab/bin.js");
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const quick = ["--flipt", "emulator", "--every", "2s", "--poll", "500ms", "--seconds", "0.2", "--runs", "1"];
const bench = (...args: string[]) =>
  run(process.execPath, {
    args: [lab, "bench", "--dir", join(folder, "home"), ...args],
    env: { PATH: "/usr/bin:/bin", TMPDIR: folder },
    cwd: folder,
  });

const test = suite("lab bench");
test.after(() => rm(folder, { recursive: true }));

test("process :: every group is measured on a lab of its own, which is gone afterwards", async () => {
  const { code, stdout, stderr } = await bench(...quick, "--state", "small", "--changes", "3", "--output", "json");
  assert.is(code, 0, stderr);
  const report: Report = JSON.parse(stdout);
  const { evaluation = [], propagation, cost = [], usage, upSeconds } = report;
  assert.equal([report.ring, report.mode], ["process", "local"]);
  assert.ok(upSeconds > 0);
  assert.is(evaluation.length, 12);
  for (const row of evaluation) {
    assert.is(row.failed, 0, JSON.stringify(row));
    assert.ok(row.answers > 0 && row.latency.p50.median <= row.latency.max.median, JSON.stringify(row));
  }
  // The same body size: ids and times differ by some digits.
  const sizes = evaluation.filter(({ kind }) => kind === "single").map(({ bytes }) => bytes);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) < 10, `bodies of ${sizes} bytes`);
  assert.equal([propagation?.delays.length, propagation?.boundSeconds], [3, 2.5]);
  for (const delay of propagation?.delays ?? []) {
    assert.ok(Math.abs(delay.schedule + delay.export + delay.poll - delay.total) < 0.01, JSON.stringify(delay));
    // How long it is depends on how soon a busy machine lets the exporter start.
    assert.ok(delay.schedule >= 0 && delay.export > 0 && delay.poll >= 0, JSON.stringify(delay));
  }
  assert.is(cost.length, 1);
  assert.ok((cost[0]?.bytes ?? 0) > 4000 && (cost[0]?.requests.unchanged ?? 9) < (cost[0]?.requests.changed ?? 0));
  if (existsSync("/proc/self/schedstat")) {
    const parts = (usage?.busy ?? []).map(({ part }) => part);
    for (const part of ["flipt-master", "flipt-sidecar", "evaluation-client"]) assert.ok(parts.includes(part), part);
  } else console.log("skipped: memory and processor time need /proc");
  assert.equal(
    (await readdir(folder)).filter((name) => name.startsWith("flipt-")),
    [],
  );
});

for (const [name, args, line] of [
  [
    "an unknown group",
    ["--only", "speed"],
    /^lab: option '--only <group>' argument 'speed' is invalid\. expected "evaluation" or/,
  ],
  [
    "a ring that measures nothing",
    ["--on", "minikube"],
    /^lab: ring "minikube" measures nothing by itself; .*--on kubernetes/,
  ],
] as const)
  test(`usage :: ${name}`, async () => {
    const { code, stderr } = await bench(...args);
    assert.is(code, 3);
    assert.match(stderr, line);
  });

test.run();
