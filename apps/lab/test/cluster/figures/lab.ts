import { repository, start } from "../../../../../testing/process.ts";
import type { Cluster } from "../../../src/drivers/kubernetes/cluster/connect.ts";

/** Where the lab is, and how it is reached. */
export interface Somewhere {
  cluster: Cluster;
  kubeconfig: string | undefined;
  env: Record<string, string>;
}

interface Timed {
  stdout: string;
  /** Seconds from the start of the program to its end. */
  seconds: number;
  /** Seconds until a line began so. */
  until(line: string): number;
}

/**
 * Runs a command of `lab` and takes its time.
 *
 * @throws {Error} with what it printed, when its exit code is none of the expected ones
 */
export async function lab({ cluster, kubeconfig, env }: Somewhere, words: string[], codes = [0]): Promise<Timed> {
  const [command = "", ...rest] = words;
  const place = ["--on", "kubernetes", "--context", cluster.context, "--namespace", cluster.namespace];
  if (kubeconfig) place.push("--kubeconfig", kubeconfig);
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  const running = start(process.execPath, {
    args: [repository("apps/lab/bin.js"), command, ...place, ...rest],
    env,
  });
  const lines: { text: string; at: number }[] = [];
  running.child.stdout?.on("data", (chunk) => {
    for (const text of String(chunk).split("\n")) lines.push({ text, at: passed() });
  });
  const { code, stdout, stderr } = await running.finished;
  const seconds = passed();
  if (code === null || !codes.includes(code))
    throw new Error(`lab ${words.join(" ")} ended with exit code ${code}:\n${stdout}${stderr}`);
  const at = (line: string): number => lines.find(({ text }) => text.startsWith(line))?.at ?? Number.NaN;
  return { stdout, seconds, until: at };
}
