import { randomUUID } from "node:crypto";
import { open, readdir, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A run that writes is over long before. */
const LEFT_OVER_MS = 60_000;

/** A name beside the file that Flipt does not load and that no other run uses. */
export const nameBeside = (path: string, ending: "tmp" | "claim"): string =>
  join(dirname(path), `.${basename(path)}.${randomUUID()}.${ending}`);

/** What runs have left beside the file, or still use. */
export async function filesBeside(path: string, ending: "tmp" | "claim"): Promise<string[]> {
  const prefix = `.${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(prefix) && name.endsWith(`.${ending}`))
    .map((name) => join(dirname(path), name));
}

/**
 * Milliseconds since a file was changed; infinite for one that is gone by now. A file from the future, left by a run before
 * the clock was set back, is dated now: it ages from here on, and blocks for as long as any other.
 *
 * @param now by the clock of the file's own volume, so that those of hosts do not matter
 */
export async function ageOf(path: string, now: Date): Promise<number> {
  try {
    const { mtimeMs } = await stat(path);
    if (mtimeMs > now.getTime()) await utimes(path, now, now);
    return now.getTime() - mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** Removes the temporary files that killed runs could not remove: those a minute old by the volume's clock. */
export async function removeLeftOvers(path: string): Promise<void> {
  const files = await filesBeside(path, "tmp");
  if (files.length === 0) return;
  const now = await timeOf(path);
  for (const file of files) if ((await ageOf(file, now)) > LEFT_OVER_MS) await rm(file, { force: true });
}

/** The time of a new file; where a full volume takes none, that of the newest one, which is the present or before it. */
async function timeOf(path: string): Promise<Date> {
  const probe = nameBeside(path, "tmp");
  try {
    await (await open(probe, "wx", 0o600)).close();
    return (await stat(probe)).mtime;
  } catch (error) {
    if (!isFull(error)) throw error;
    const files = [dirname(path), path, ...(await filesBeside(path, "tmp"))];
    const times = await Promise.all(
      files.map((file) =>
        stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    );
    return new Date(Math.max(...times));
  } finally {
    await rm(probe, { force: true });
  }
}

/** Whether a volume, or what a user may take of it, has no room. */
export const isFull = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
