import { randomUUID } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { refuse } from "../stop.ts";

const LEASE_MS = 5000;

/**
 * A lock among programs that share nothing but a folder: pods on a volume see neither each other's process ids nor
 * sockets, and Node has no flock.
 *
 * Each puts a file with a name of its own into the folder, then looks for others: who sees one steps back. Two that
 * come at once may both step back, never both go on. A claim older than the lease, by the folder's own clock (two
 * modification times, so clocks of hosts do not matter), was left by a killed run: it counts for nothing and is
 * removed. So nobody waits, and nothing is left behind for longer than the lease.
 */
export interface Claim {
  /** Throws (gate `alone`) once so much of the lease is gone that another run might soon take the folder over. */
  check(): void;
  release(): Promise<void>;
}

/** @throws {Stop} gate `alone` when another run holds the folder */
export async function claim(path: string): Promise<Claim> {
  const prefix = `.${basename(path)}.`;
  const own = join(dirname(path), `${prefix}${randomUUID()}.claim`);
  const since = performance.now();
  await (await open(own, "wx", 0o600)).close();
  const release = (): Promise<void> => rm(own, { force: true });
  try {
    const { mtimeMs } = await stat(own);
    for (const name of await readdir(dirname(path))) {
      const other = join(dirname(path), name);
      if (!name.startsWith(prefix) || !name.endsWith(".claim") || other === own) continue;
      const age = mtimeMs - (await changed(other));
      if (age < LEASE_MS)
        throw refuse("alone", `another run is publishing "${path}" right now: run again in ${LEASE_MS / 1000}s`);
      await rm(other, { force: true });
    }
  } catch (error) {
    await release();
    throw error;
  }
  const check = (): void => {
    if (performance.now() - since < LEASE_MS / 2) return;
    throw refuse("alone", `"${path}" could not be replaced within ${LEASE_MS / 2000}s: is its volume overloaded?`);
  };
  return { check, release };
}

/** Milliseconds; a file that is gone by now counts as ancient. */
async function changed(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Number.NEGATIVE_INFINITY;
    throw error;
  }
}
