// Runs kube-score (KUBE_SCORE, else on PATH) on every combination of mode and components; a critical finding fails.
// A waiver stands beside the object, as annotation kube-score/ignore with its reason.
import { spawnSync } from "node:child_process";
import { combinations, lacking, renderText, title } from "./render.ts";

const program = process.env.KUBE_SCORE || "kube-score";

/** @throws {Error} when kube-score does not run */
function criticals(manifests: string): string[] {
  const { error, stdout, stderr } = spawnSync(program, ["score", "--output-format", "ci", "-"], {
    input: manifests,
    encoding: "utf8",
  });
  if (error) throw new Error(`${program} does not run: ${error.message}`);
  const lines = stdout.split("\n");
  if (!lines.some((line) => line.startsWith("[OK]"))) throw new Error(`${program} found nothing to judge: ${stderr}`);
  return lines.filter((line) => line.startsWith("[CRITICAL]"));
}

try {
  if (lacking) throw new Error(lacking);
  for (const combination of combinations) {
    const found = criticals(renderText(combination));
    console.log(`${found.length === 0 ? "✓" : "✗"} ${title(combination)}: ${found.length} critical`);
    for (const line of found) console.log(`    ${line}`);
    if (found.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(`score: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
