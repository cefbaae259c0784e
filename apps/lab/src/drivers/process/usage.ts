import { readdir, readFile } from "node:fs/promises";
import type { Usage } from "../../bench/usage.ts";
import type { LabRecord } from "./state-folder.ts";

/** Reads a field of `/proc/PID/status`, which counts in kB, as bytes. */
const readBytes = (status: string, name: string): number =>
  1024 * Number(status.match(new RegExp(`^${name}:\\s*(\\d+) kB`, "m"))?.[1] ?? 0);

/** Sums the CPU seconds of a process's threads. `schedstat` counts nanoseconds, `stat` only hundredths of a second. */
async function readSeconds(folder: string): Promise<number> {
  const threads = await readdir(`${folder}/task`);
  const times = threads.map(async (thread) => {
    const text = await readFile(`${folder}/task/${thread}/schedstat`, "utf8").catch(() => "0"); // the thread has just ended
    return Number(text.split(" ")[0]);
  });
  return (await Promise.all(times)).reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e9;
}

async function readUsage(part: string, pid: number): Promise<Usage[]> {
  const folder = `/proc/${pid}`;
  try {
    const [status, cpu] = await Promise.all([readFile(`${folder}/status`, "utf8"), readSeconds(folder)]);
    const memory = readBytes(status, "VmRSS");
    // A process that has just ended has no memory any more.
    return memory > 0 ? [{ part, memory, cpu, at: Date.now() }] : [];
  } catch {
    return []; // the process has ended, or this system has no /proc
  }
}

/** Reads the current usage of a lab's processes; empty on a system without /proc. */
export async function readUsages({ children }: LabRecord): Promise<Usage[]> {
  const looks = Object.entries(children).map(([part, child]) => (child ? readUsage(part, child.pid) : []));
  return (await Promise.all(looks)).flat();
}
