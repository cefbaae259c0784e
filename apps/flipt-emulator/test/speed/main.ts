/** Evaluations of the emulator beside an empty Node server, in one run: `npm run speed:emulator [-- --seconds 3]`. */
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { until } from "lab/until";
import { startMaster, startSidecar } from "../../../../testing/flipt.ts";
import { repository, start } from "../../../../testing/process.ts";
import { largeState } from "./state.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "3" }, runs: { type: "string", default: "3" } },
});
const seconds = Number(values.seconds);
const question = JSON.stringify({ flagKey: "flag-25", entityId: "user-1", context: { group: "25" } });

interface Load {
  /** Milliseconds. */
  p50: number;
  perSecond: number;
}

/** Sends the question over so many connections until the time is over. */
async function load(port: number, connections: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const begin = performance.now();
      await exchange(port, agent);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  agent.destroy();
  return { p50: median(times), perSecond: times.length / seconds };
}

/** Returns the length of the answer's body. */
function exchange(port: number, agent: Agent): Promise<number> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(question) };
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path: "/evaluate/v1/variant", method: "POST", agent, headers });
    sent.once("error", reject);
    sent.once("response", (response) => {
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
      });
      response.once("end", () => {
        if (response.statusCode === 200) resolve(length);
        else reject(new Error(`answered ${response.statusCode}`));
      });
    });
    sent.end(question);
  });
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** Milliseconds until a new instance with the state is healthy; a master imports it first. */
async function timed<T>(work: () => Promise<T>): Promise<[T, ms: number]> {
  const begin = performance.now();
  return [await work(), performance.now() - begin];
}

async function startEmpty(bytes: number): Promise<{ port: number; stop(): Promise<unknown> }> {
  const args = ["--import", "tsx", "apps/flipt-emulator/test/speed/empty.ts", `${bytes}`];
  const running = start(process.execPath, { args, cwd: repository("") });
  const port = await until<number>("an empty server", { seconds: 20, everyMs: 20 }, async () => {
    const said = running.output().trim();
    return said === "" ? { seen: "nothing" } : { value: Number(said) };
  });
  return { port, stop: () => running.stop() };
}

const state = largeState();
const [sidecar, ready] = await timed(() => startSidecar({ state }));
const [master, imported] = await timed(() => startMaster({ state }));
const agent = new Agent();
const empty = await startEmpty(await exchange(sidecar.port, agent));
agent.destroy();
const subjects = { empty: empty.port, sidecar: sidecar.port, master: master.port };
const results = Object.keys(subjects).map((name) => ({ name, one: [] as number[], many: [] as number[] }));
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const result of results) {
    const port = subjects[result.name as keyof typeof subjects];
    result.one.push((await load(port, 1)).p50);
    result.many.push((await load(port, 16)).perSecond);
  }
}
await Promise.all([sidecar.stop(), master.stop(), empty.stop()]);
const [bare] = results;
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, ${Math.round(state.length / 1024)} KiB of state`,
);
console.log(`sidecar ready after ${Math.round(ready)} ms; master with import ${Math.round(imported)} ms`);
for (const { name, one, many } of results) {
  const slower = median(one) / median(bare?.one ?? []);
  const share = median(many) / median(bare?.many ?? []);
  const fields = [
    `p50 ${median(one).toFixed(3)} ms (${slower.toFixed(2)} ×)`,
    `${Math.round(median(many))}/s (${Math.round(share * 100)} %)`,
  ];
  console.log(`${name.padEnd(8)} one connection ${fields[0]}, sixteen ${fields[1]}`);
}
