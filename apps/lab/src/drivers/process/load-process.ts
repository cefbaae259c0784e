import { type ChildProcess, spawn } from "node:child_process";
import { type Plan, type Program, patience, readProgram, readSamples, type Sample } from "../../bench/load.ts";
import { until } from "../../until.ts";

/** A program that runs next to a lab, and its output. */
interface Beside {
  child: ChildProcess;
  output(): string;
  ended: Promise<void>;
}

function start(name: Program, env: Record<string, string>): Beside {
  const child = spawn(process.execPath, ["--input-type=module", "-e", readProgram(name)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  return { child, output: () => output, ended };
}

/** A server that runs until it is stopped. */
export interface Served {
  url: string;
  stop(): Promise<void>;
}

/** Starts the empty server. */
export async function serveEmpty(signal: AbortSignal): Promise<Served> {
  const { child, output, ended } = start("empty", {});
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  try {
    const port = await until<string>("the empty server", { seconds: 10, everyMs: 20, signal }, async () => {
      const [, port] = output().match(/^listening on (\d+)\n/) ?? [];
      return port ? { value: port } : { seen: output() || "it says nothing" };
    });
    return { url: `http://127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs the load generator to its end. */
export async function generate(plan: Plan, signal: AbortSignal): Promise<Sample[]> {
  const { child, output, ended } = start("generator", { PLAN: JSON.stringify(plan) });
  const kill = (): boolean => child.kill("SIGKILL");
  const late = setTimeout(kill, patience(plan) * 1000);
  signal.addEventListener("abort", kill, { once: true });
  await ended;
  clearTimeout(late);
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  return readSamples(output(), plan);
}
