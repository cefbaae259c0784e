// What only a cluster can show, one file after the other, since each counts seconds: npm run test:cluster [PART OF A NAME…]
// CLUSTER_CONTEXT and CLUSTER_NAMESPACE say where; the images are loaded before. CLUSTER_FLIPT=real takes Flipt's own image.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const files = ["end-to-end", "token", "real-s3", "faults", "interrupt", "restarts", "minikube"];
const wanted = process.argv.slice(2);
const chosen = files.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (chosen.length === 0) {
  console.error(`test:cluster: no file is called "${wanted.join('", "')}": there are ${files.join(", ")}`);
  process.exit(2);
}

const rows = chosen.map((file) => {
  console.log(`\n${file}`);
  const started = Date.now();
  const path = fileURLToPath(new URL(`${file}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ["--import", "tsx", path], { stdio: "inherit" });
  return { file, passed: status === 0, seconds: (Date.now() - started) / 1000 };
});
for (const { file, passed, seconds } of rows)
  console.log(`${passed ? "✓" : "✗"} ${file.padEnd(12)} ${seconds.toFixed(0).padStart(5)} s`);
if (rows.some(({ passed }) => !passed)) process.exitCode = 1;
