import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When a process was started, as the system words it: together with the pid this names one process for ever, since a pid
 * alone is given out again. Undefined when no such process lives.
 */
function identity(pid: number): string | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in brackets may hold spaces; after it, field 3 is the state and field 22 the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined; // ended between two looks
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

/** A process that was seen once, to be recognised later. */
export interface Sighting {
  pid: number;
  started: string;
}

export const sight = (pid: number): Sighting => ({ pid, started: identity(pid) ?? "" });

export const isAlive = ({ pid, started }: Sighting): boolean => identity(pid) === started;
