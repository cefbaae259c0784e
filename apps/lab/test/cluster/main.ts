// What only a cluster can show: npm run test:cluster [-- [--lanes N] PART OF A NAME…]
// Each file has a namespace of its own; in one lane, which is the default, the times that are told mean something.
// CLUSTER_CONTEXT and CLUSTER_NAMESPACE say where; the images are loaded before. CLUSTER_FLIPT=real takes Flipt's own image.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "../../../../testing/process.ts";

const files = [
  "end-to-end",
  "interrupt",
  "restarts",
  "token",
  "real-s3",
  "faults",
  "kubectl",
  "volumes",
  "minikube",
  "bench",
];

interface Played {
  file: string;
  passed: boolean;
  seconds: number;
}

async function play(file: string): Promise<Played> {
  const started = Date.now();
  const path = fileURLToPath(new URL(`${file}.ts`, import.meta.url));
  const { code, stdout, stderr } = await run(process.execPath, { args: ["--import", "tsx", path], env: environment });
  console.log(`\n${file}\n${stdout}${stderr}`);
  return { file, passed: code === 0, seconds: (Date.now() - started) / 1000 };
}

const environment = process.env as Record<string, string>;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lanes: { type: "string", default: "1" } },
});
const chosen = files.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)));
if (chosen.length === 0) {
  console.error(`test:cluster: no file is called "${positionals.join('", "')}": there are ${files.join(", ")}`);
  process.exit(2);
}

const left = [...chosen];
const rows: Played[] = [];
const lane = async (): Promise<void> => {
  for (let file = left.shift(); file !== undefined; file = left.shift()) rows.push(await play(file));
};
await Promise.all(Array.from({ length: Math.max(1, Number(values.lanes) || 1) }, lane));
console.log();
for (const { file, passed, seconds } of rows)
  console.log(`${passed ? "✓" : "✗"} ${file.padEnd(12)} ${seconds.toFixed(0).padStart(5)} s`);
if (rows.some(({ passed }) => !passed)) process.exitCode = 1;
