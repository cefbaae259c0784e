import { open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileRevision, md5 } from "flipt-document/revision";
import type { FileTarget } from "../config.ts";
import { misconfigured, refuse, Stop, unreachable } from "../stop.ts";
import { claim } from "./claim.ts";
import { isFull, nameBeside, removeLeftOvers } from "./left-over.ts";
import type { Current, Sink } from "./sink.ts";

/** A file on a volume. What lies beside it has names that Flipt does not load: none ends in features.yml or .yaml. */
export function fileSink({ path }: FileTarget, signal: AbortSignal): Sink {
  const hintPath = join(dirname(path), `.${basename(path)}.hint`);
  const named = <T>(work: Promise<T>, needed = 0): Promise<T> =>
    work.catch(async (error: NodeJS.ErrnoException) => {
      if (error instanceof Stop) throw error;
      throw isFull(error) ? await full(error, path, needed) : explained(error, path);
    });
  return {
    look: async () => {
      // a folder that takes no change says so when it is to be written
      await removeLeftOvers(path).catch(() => {});
      const current = await named(readCurrent(path, hintPath));
      return typeof current === "object" ? current : "unknown";
    },
    read: () => named(readCurrent(path, hintPath)),
    write: (bytes, hint, current) => named(replace(path, hintPath, { bytes, hint, current, signal }), bytes.length),
    remember: (hint) => named(remember(path, hintPath, hint), hint.length),
  };
}

async function readCurrent(path: string, hintPath: string): Promise<Current> {
  const file = await ifThere(open(path, "r"));
  if (!file) {
    await stat(dirname(path));
    return "absent";
  }
  try {
    const bytes = await file.readFile();
    const { mtimeMs, size } = await file.stat();
    const hint = await ifThere(readFile(hintPath, "utf8"));
    const digest = md5(bytes);
    return { bytes, size, md5: digest, hint, etag: fileRevision(mtimeMs, size), tag: digest };
  } finally {
    await file.close();
  }
}

interface Change {
  bytes: Buffer;
  hint: string;
  current: Current;
  signal: AbortSignal;
}

async function replace(path: string, hintPath: string, { bytes, hint, current, signal }: Change) {
  const temporary = await write(path, bytes);
  // both before the first is renamed: a volume that gets full in between would have the one without the other
  const note = await write(path, line(hint)).catch(async (error) => {
    await rm(temporary, { force: true });
    throw error;
  });
  try {
    const lock = await claim(path);
    try {
      const found = await readCurrent(path, hintPath);
      if (tag(found) !== tag(current))
        throw refuse("alone", `someone else published "${path}" during this run: run again`);
      lock.check();
      signal.throwIfAborted();
      await rename(temporary, path);
      await flush(dirname(path));
      await rename(note, hintPath);
    } finally {
      await lock.release();
    }
  } finally {
    for (const left of [temporary, note]) await rm(left, { force: true });
  }
  return { conditional: true };
}

const tag = (current: Current): string => (typeof current === "object" ? current.tag : current);

/** Writes and flushes bytes under a name that nobody reads yet. */
async function write(path: string, bytes: Buffer): Promise<string> {
  const temporary = nameBeside(path, "tmp");
  const file = await open(temporary, "wx", 0o644);
  try {
    await file.writeFile(bytes);
    // the sidecar runs as another user, whatever the umask here
    await file.chmod(0o644);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

const line = (hint: string): Buffer => Buffer.from(`${hint}\n`);

async function remember(path: string, hintPath: string, hint: string): Promise<void> {
  await rename(await write(path, line(hint)), hintPath);
}

// a rename lasts through a power cut once its folder is flushed
async function flush(folder: string): Promise<void> {
  const file = await open(folder, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Bytes, by the volume itself; what a quota leaves of it is not asked. */
async function full(error: NodeJS.ErrnoException, path: string, needed: number): Promise<Stop> {
  const { bavail, bsize } = await statfs(dirname(path));
  const room = `${needed} bytes are needed beside the published ones, ${bavail * bsize} are free on its volume`;
  return unreachable(`cannot publish "${path}": ${error.code}, ${room}: make room there`, error);
}

function explained(error: NodeJS.ErrnoException, path: string): unknown {
  const line = `cannot publish "${path}": ${error.code ?? error.message}`;
  if (error.code === "ENOENT" || error.code === "ENOTDIR")
    return misconfigured(`${line}, its folder must exist`, error);
  if (["EACCES", "EPERM", "EROFS", "EISDIR"].includes(error.code ?? ""))
    return misconfigured(`${line}, its folder must be writable`, error);
  return error.code ? unreachable(line, error) : error;
}
