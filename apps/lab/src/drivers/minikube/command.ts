import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Fault, oneLine } from "../../fault.ts";

/** The exit code and the output of a program. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Invocation {
  env: NodeJS.ProcessEnv;
  /** Stops the program. Omit it for a program that must run to its end. */
  signal?: AbortSignal | undefined;
  /** Receives each line of stdout at once. */
  onLine?: (line: string) => void;
  /** Receives the pid, which is also the id of the process group. */
  onSpawn?: (pid: number) => Promise<void>;
}

const killMs = 10_000;

/** Where to get each program. */
const sources: Record<string, string> = {
  minikube: "https://minikube.sigs.k8s.io/docs/start",
  docker: "https://docs.docker.com/engine/install",
  kubectl: "https://kubernetes.io/docs/tasks/tools",
};

/** Signals a program and its descendants, which form one process group. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // already gone
  }
}

/**
 * Runs a program to its end and returns its result, whatever the exit code.
 *
 * @throws {Fault} when there is no such program; the signal's reason when the signal stopped it
 */
export async function run(
  program: string,
  args: string[],
  { env, signal, onLine, onSpawn }: Invocation,
): Promise<Ended> {
  signal?.throwIfAborted();
  // In its own process group: a terminal sends Ctrl-C to the lab's whole group, which would also stop programs that clean up.
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
