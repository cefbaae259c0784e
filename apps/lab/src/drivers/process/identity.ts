import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Returns a process's start time as the system reports it; undefined when no such process lives. The system reuses pids, so only
 * a pid together with its start time identifies a process.
 */
function identity(pid: number): string | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in parentheses may contain spaces. After it come field 3, the state, and field 22, the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined; // the process has ended
  }
}

function fromPs(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", `${pid}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined; // ps exits with 1 when there is no such process
  }
}

/** Identifies a process, so that it can be recognised later. */
export interface Sighting {
  pid: number;
  started: string;
}

export const sight = (pid: number): Sighting => ({ pid, started: identity(pid) ?? "" });

export const isAlive = ({ pid, started }: Sighting): boolean => identity(pid) === started;
