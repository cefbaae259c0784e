import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A path inside the repository, from anywhere. */
export const repository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What was printed so far on both streams. */
  output(): string;
  finished: Promise<Finished>;
  /** Sends SIGTERM, after five seconds SIGKILL, and waits for the end. */
  stop(): Promise<Finished>;
}

export interface Command {
  args?: string[];
  /** The whole environment, PATH and HOME aside. */
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
}

const live = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of live) child.kill("SIGKILL");
});

/** Starts a program; whatever is left of it dies with the test. */
export function start(program: string, { args = [], env = {}, cwd, stdin }: Command = {}): Running {
  const { PATH = "", HOME = "", FLIPT_LAB_BUNDLES } = process.env;
  const own = { PATH, HOME, ...(FLIPT_LAB_BUNDLES && { FLIPT_LAB_BUNDLES }) };
  const child = spawn(program, args, { cwd, env: { ...own, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  live.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => {}).end(stdin ?? "");
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      live.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  const stop = async (): Promise<Finished> => {
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 5000);
    return finished.finally(() => clearTimeout(force));
  };
  return { child, output: () => stdout + stderr, finished, stop };
}

/** Runs a program to its end. */
export const run = (program: string, command?: Command): Promise<Finished> => start(program, command).finished;
