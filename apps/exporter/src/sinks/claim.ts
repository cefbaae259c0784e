import { open, rm, stat } from "node:fs/promises";
import { refuse } from "../stop.ts";
import { ageOf, filesBeside, nameBeside } from "./left-over.ts";

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
  const own = nameBeside(path, "claim");
  const since = performance.now();
  await (await open(own, "wx", 0o600)).close();
  const release = (): Promise<void> => rm(own, { force: true });
  try {
    const { mtime } = await stat(own);
    for (const other of await filesBeside(path, "claim")) {
      if (other === own) continue;
      if ((await ageOf(other, mtime)) < LEASE_MS)
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
