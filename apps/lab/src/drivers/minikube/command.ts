import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Fault, oneLine } from "../../fault.ts";

/** What came of a program. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Invocation {
  env: NodeJS.ProcessEnv;
  /** Ends the program; left out where it has to come to its end. */
  signal?: AbortSignal | undefined;
  /** Is told each line of stdout at once. */
  onLine?: (line: string) => void;
  /** Is told the process, which leads a group of its own. */
  onSpawn?: (pid: number) => Promise<void>;
}

const killMs = 10_000;

/** Where each program is to be had, for who lacks it. */
const sources: Record<string, string> = {
  minikube: "https://minikube.sigs.k8s.io/docs/start",
  docker: "https://docs.docker.com/engine/install",
  kubectl: "https://kubernetes.io/docs/tasks/tools",
};

/** Ends a program and all that it has started: they are a group of their own. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // gone by itself
  }
}

/**
 * Runs a program to its end, whatever its exit code is.
 *
 * @throws {Fault} when there is no such program; the signal's reason when it was ended by it
 */
export async function run(
  program: string,
  args: string[],
  { env, signal, onLine, onSpawn }: Invocation,
): Promise<Ended> {
  signal?.throwIfAborted();
  // In a group of its own, since a terminal sends Ctrl-C to all of ours: what cleans up would be ended by it too.
  const child = spawn(program, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => {
    stdout += `${line}\n`;
    onLine?.(line);
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const stop = (): void => {
    end(child, "SIGINT");
    setTimeout(() => end(child, "SIGKILL"), killMs).unref();
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (child.pid) await onSpawn?.(child.pid);
    const code = await ended;
    signal?.throwIfAborted();
    return { code, stdout, stderr };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Fault(2, `${program} is not on the PATH; install it: ${sources[program] ?? program}`);
    throw signal?.aborted ? signal.reason : new Fault(2, `${program} cannot be run: ${oneLine(error)}`);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
