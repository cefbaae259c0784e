// Sends every combination of mode and components to a real API server, as a dry run with strict validation, into a
// namespace of its own that warns of whatever Pod Security restricted would refuse:
//   node --import tsx k8s/test/schema.ts --context NAME
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { combinations, lacking, renderText, title } from "./render.ts";

const namespace = `flipt-sidecar-lab-schema-${process.pid}`;

/** What kubectl answers; warnings are on standard error and count. */
function kubectl(context: string, args: string[], input?: string) {
  const words = ["--context", context, "--request-timeout", "60s", ...args];
  const { status, stdout, stderr } = spawnSync("kubectl", words, { input, encoding: "utf8" });
  return { ok: status === 0 && !/warning/i.test(stderr), stdout, stderr: stderr.trim() };
}

/** @throws {Error} with what kubectl says */
function must(context: string, args: string[]): void {
  const { ok, stderr } = kubectl(context, args);
  if (!ok) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}

function check(context: string): boolean {
  const dryRun = [
    "apply",
    "--server-side",
    "--dry-run=server",
    "--validate=strict",
    "--namespace",
    namespace,
    "-f",
    "-",
  ];
  return combinations
    .map((combination) => {
      const { ok, stdout, stderr } = kubectl(context, dryRun, renderText(combination));
      console.log(`${ok ? "✓" : "✗"} ${title(combination)}: ${stdout.trim().split("\n").length} objects`);
      if (!ok) console.log(stderr);
      return ok;
    })
    .every(Boolean);
}

const { values } = parseArgs({ options: { context: { type: "string" } } });
try {
  if (lacking) throw new Error(lacking);
  const { context } = values;
  if (!context) throw new Error("missing --context: say which cluster is asked");
  must(context, ["create", "namespace", namespace]);
  try {
    const labels = ["enforce", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    must(context, ["label", "namespace", namespace, ...labels]);
    if (!check(context)) process.exitCode = 1;
  } finally {
    must(context, ["delete", "namespace", namespace]);
  }
} catch (error) {
  console.error(`schema: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
