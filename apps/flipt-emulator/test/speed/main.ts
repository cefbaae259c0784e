/** Evaluations of the emulator beside an empty Node server, in one run: `npm run speed:emulator [-- --seconds 2 --runs 5]`. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { readProgram, readSamples, type Sample, type Target } from "lab/load";
import { until } from "lab/until";
import { startMaster, startSidecar } from "../../../../testing/flipt.ts";
import { start } from "../../../../testing/process.ts";
import { largeState } from "./state.ts";

const { runs, seconds } = readOptions();

function readOptions(): { runs: number; seconds: number } {
  try {
    const options = { seconds: { type: "string", default: "2" }, runs: { type: "string", default: "5" } } as const;
    const { values } = parseArgs({ options });
    for (const [name, value] of Object.entries(values))
      if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${name}: "${value}" is not a whole number from 1`);
    return { runs: Number(values.runs), seconds: Number(values.seconds) };
  } catch (error) {
    console.error(`speed: ${(error as Error).message}`);
    process.exit(2);
  }
}

const path = "/evaluate/v1/variant";
const body = JSON.stringify({ flagKey: "flag-25", entityId: "user-1", context: { group: "25" } });
const names = ["empty", "sidecar", "master"] as const;
const connections = [1, 16];

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** Milliseconds until a new instance with the state is healthy; a master imports it first. */
async function timed<T>(work: () => Promise<T>): Promise<[T, ms: number]> {
  const begin = performance.now();
  return [await work(), performance.now() - begin];
}

const inline = (name: Parameters<typeof readProgram>[0]) => ["--input-type=module", "-e", readProgram(name)];

async function startEmpty(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const running = start(process.execPath, { args: inline("empty") });
  const port = await until<string>("an empty server", { seconds: 20, everyMs: 20 }, async () => {
    const [, said] = /^listening on (\d+)\n/.exec(running.output()) ?? [];
    return said === undefined ? { seen: running.output() } : { value: said };
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => running.stop() };
}

async function load(targets: Target[]): Promise<Sample[]> {
  const plan = { runs, seconds, warmSeconds: 1, targets };
  const { stdout } = await start(process.execPath, { args: inline("generator"), env: { PLAN: JSON.stringify(plan) } })
    .finished;
  return readSamples(stdout, plan);
}

const state = largeState();
const [sidecar, ready] = await timed(() => startSidecar({ state }));
const [master, imported] = await timed(() => startMaster({ state }));
const empty = await startEmpty();
const answer = await fetch(`${sidecar.url}${path}`, { method: "POST", body });
const urls = {
  empty: `${empty.url}/${(await answer.text()).length}`,
  sidecar: `${sidecar.url}${path}`,
  master: `${master.url}${path}`,
};
const expect = { empty: '"empty":', sidecar: '"match":true', master: '"match":true' };
const targets = connections.flatMap((count) =>
  names.map((name) => {
    return { id: `${name} ${count}`, url: urls[name], headers: {}, body, expect: expect[name], connections: count };
  }),
);
const samples = await load(targets);
await Promise.all([sidecar.stop(), master.stop(), empty.stop()]);

const of = (name: string, count: number) => {
  const own = samples.filter(({ id }) => id === `${name} ${count}`);
  return { p50: median(own.map(({ latency }) => latency.p50)), rate: median(own.map(({ rate }) => rate)) };
};
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, ${Math.round(state.length / 1024)} KiB of state`,
);
console.log(`sidecar ready after ${Math.round(ready)} ms; master with import ${Math.round(imported)} ms`);
for (const name of names) {
  const [one, many] = [of(name, 1), of(name, 16)];
  const slower = one.p50 / of("empty", 1).p50;
  const share = many.rate / of("empty", 16).rate;
  console.log(
    `${name.padEnd(8)} one connection p50 ${one.p50.toFixed(1)} µs (${slower.toFixed(2)} ×), sixteen ${many.rate}/s (${Math.round(share * 100)} %)`,
  );
}
const failed = samples.reduce((sum, sample) => sum + sample.failed, 0);
if (failed > 0) {
  console.error(`speed: ${failed} requests failed: ${samples.find(({ fault }) => fault)?.fault}`);
  process.exitCode = 1;
}
