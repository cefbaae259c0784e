#!/usr/bin/env node
// Runs every test file in a process of its own and adds up what uvu counted. Arguments filter by part of a path.
// The files that take longest start first, so that none of them is waited for alone at the end.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { glob } from "./glob.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const filters = process.argv.slice(2);
// A bound against hanging, not a measure: a busy machine takes several times as long as a quiet one.
const limitMs = 900_000;
// Node 20 now and then spins in its own ending after thousands of aborted requests; uvu has told everything by then.
const endMs = 10_000;

/** uvu's closing lines; a file that ends without them has not run to its end. Its total leaves skipped tests out. */
function count(output) {
  const number = (name) => Number(output.match(new RegExp(`^\\s*${name}:\\s+(\\d+)`, "m"))?.[1] ?? Number.NaN);
  const [total, passed, skipped] = ["Total", "Passed", "Skipped"].map(number);
  return Number.isNaN(total + passed + skipped) ? undefined : { total, passed, skipped };
}

function play(file) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(process.execPath, ["--import", "tsx", file], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: "0", AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let late = false;
    let ending;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limitMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        if (!ending && count(output) && output.includes("Duration:"))
          ending = setTimeout(() => child.kill("SIGKILL"), endMs);
      });
    }
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      clearTimeout(ending);
      const stuck = signal === "SIGKILL" && !late;
      resolve({ file, code, output, late, stuck, seconds: (Date.now() - started) / 1000 });
    });
  });
}

const files = (await glob(root, ["apps", "testing", "k8s", "pipeline"], /\.test\.ts$/)).filter(
  (file) => filters.length === 0 || filters.some((part) => file.includes(part)),
);
const long = [
  /end-to-end/,
  /broken\/(replication|publication|locality)/,
  /lifecycle/,
  /minikube\/ring/,
  /exporter\/test\/(kill|cut|scale)/,
  /testing\/install/,
];
const weight = (file) => (long.some((pattern) => pattern.test(file)) ? 1 : 0);
const tally = { passed: 0, failed: 0, skipped: 0 };

function report({ file, code, output, late, stuck, seconds }) {
  const name = relative(root, file).split(sep).join("/");
  const counted = count(output);
  const failed = counted ? counted.total - counted.passed : 0;
  // A file that was killed, that stopped early or that ran no test at all has failed, whatever else it printed.
  const broken = late || !counted || counted.total + counted.skipped === 0 || (code !== 0 && failed === 0 && !stuck);
  tally.passed += counted?.passed ?? 0;
  tally.skipped += counted?.skipped ?? 0;
  tally.failed += failed + (broken ? 1 : 0);
  const note = stuck ? ` (was ended ${endMs / 1000} s after its last test)` : "";
  const reason = late
    ? ` (killed after ${limitMs / 1000} s)`
    : broken
      ? ` (exit ${code}, ${counted?.total ?? "no"} tests)`
      : "";
  const good = failed === 0 && !broken;
  console.log(
    `${good ? "✓" : "✗"} ${name}  ${counted?.passed ?? 0}/${counted?.total ?? 0}  ${seconds.toFixed(1)} s${note}${reason}`,
  );
  if (!good) console.log(output.replace(/^/gm, "    "));
  else
    for (const line of output.split("\n").filter((line) => /\bskipped\b|^\s*(seed|measured)/.test(line)))
      console.log(`    ${line}`);
}

// The programs that tests start again and again: bundled, they start in a fifth of the time.
const bundles = mkdtempSync(join(tmpdir(), "bundles-"));
process.on("exit", () => rmSync(bundles, { recursive: true, force: true }));
const bundling = spawnSync(
  process.execPath,
  ["scripts/bundle.mjs", "exporter", "evaluation-client", "flipt-emulator", "--out", bundles],
  { cwd: root, encoding: "utf8" },
);
if (bundling.status !== 0) {
  console.error(`the programs cannot be bundled: ${bundling.stderr}`);
  process.exit(2);
}
process.env.FLIPT_LAB_BUNDLES = bundles;

const queue = [...files].sort((a, b) => weight(b) - weight(a));
// Most files wait for processes of their own, so that there may be more of them than cores.
const workers = Array.from({ length: Math.max(3, Math.min(6, availableParallelism())) }, async () => {
  for (let file = queue.shift(); file; file = queue.shift()) report(await play(file));
});
await Promise.all(workers);

if (files.length === 0) {
  console.log(`no test file matches ${filters.join(", ") || "*.test.ts"}`);
  tally.failed += 1;
}
const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
console.log(`\n${tally.passed} passed, ${tally.failed} failed${skipped}`);
process.exit(tally.failed > 0 ? 1 : 0);
