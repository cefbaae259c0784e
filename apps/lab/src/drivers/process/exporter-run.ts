import { spawn } from "node:child_process";
import { appendFile } from "node:fs/promises";
import type { ExportRequest, ExportRun } from "../../lab.ts";
import type { Sighting } from "./identity.ts";
import { sight } from "./identity.ts";
import { exporterProgram, type Plan } from "./settings.ts";
import type { StateFolder } from "./state-folder.ts";

/** Longer than the exporter's own limit of 50 s. An exporter that still runs after this limit hangs. */
const limitMs = 65_000;

interface Finished {
  exit: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end and appends what it printed to a log.
 *
 * @param seen receives the process when it starts, and undefined when it ends
 * @param mostMs the time after which the program is killed; default: the limit of an export
 */
export async function finish(
  command: string[],
  env: Record<string, string>,
  log: string,
  home: StateFolder,
  seen: (child: Sighting | undefined) => void = () => {},
  mostMs = limitMs,
): Promise<Finished> {
  const [file = "", ...args] = command;
  const { PATH = "", HOME = "", FLIPT_LAB_BUNDLES } = process.env;
  const started = new Date().toISOString();
  const finished = await new Promise<Finished>((resolve) => {
    const child = spawn(file, args, {
      cwd: home.path,
      env: { PATH, HOME, ...(FLIPT_LAB_BUNDLES && { FLIPT_LAB_BUNDLES }), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) seen(sight(child.pid));
    const timer = setTimeout(() => child.kill("SIGKILL"), mostMs);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const over = (exit: number, note = ""): void => {
      clearTimeout(timer);
      seen(undefined);
      resolve({ exit, stdout, stderr: stderr + note });
    };
    child.once("error", (error) => over(2, `${file} cannot be started: ${error.message}\n`));
    child.once("close", (code, signal) => over(code ?? 2, signal ? `ended by ${signal}\n` : ""));
  });
  await appendFile(
    log,
    `--- ${started} ${command.slice(-2).join(" ")}: exit ${finished.exit}\n${finished.stderr}${finished.stdout}`,
  );
  return finished;
}

/** Runs the exporter once. */
export async function runExporter(
  plan: Plan,
  { allowEmpty, allowShrink, allowGrowth, env }: ExportRequest,
  scheduled: boolean,
  seen: (child: Sighting | undefined) => void,
): Promise<ExportRun> {
  const program = exporterProgram(plan);
  const settings = {
    ...program.env,
    ...(allowEmpty && { EXPORT_ALLOW_EMPTY: "true" }),
    ...(allowShrink && { EXPORT_ALLOW_SHRINK: "true" }),
    ...(allowGrowth && { EXPORT_ALLOW_GROWTH: "true" }),
    ...env,
  };
  const started = Date.now();
  const { exit, stdout, stderr } = await finish(
    program.command,
    settings,
    plan.home.log("flipt-exporter"),
    plan.home,
    seen,
  );
  const log = lastJson(stdout);
  const line = typeof log.message === "string" ? log.message : (stderr.trim().split("\n").at(-1) ?? "");
  return { started, ended: Date.now(), scheduled, exit, line, log };
}

/** Finds the exporter's log record: the last line of its standard output that is JSON. */
function lastJson(text: string): Record<string, unknown> {
  for (const line of text.trim().split("\n").reverse()) {
    try {
      const value: unknown = JSON.parse(line);
      if (value && typeof value === "object") return value as Record<string, unknown>;
    } catch {
      // plain text
    }
  }
  return {};
}
