import { randomUUID } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileRevision, md5 } from "flipt-document/revision";
import type { FileTarget } from "../config.ts";
import { misconfigured, refuse, Stop, unreachable } from "../stop.ts";
import { claim } from "./claim.ts";
import type { Current, Sink } from "./sink.ts";

const LEFT_BEHIND_MS = 60_000;

/** A file on a volume. What lies beside it has names that Flipt does not load: none ends in features.yml or .yaml. */
export function fileSink({ path }: FileTarget, signal: AbortSignal): Sink {
  const hintPath = join(dirname(path), `.${basename(path)}.hint`);
  const named = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: NodeJS.ErrnoException) => {
      throw error instanceof Stop ? error : explained(error, path);
    });
  return {
    look: async () => {
      const current = await named(readCurrent(path, hintPath));
      return typeof current === "object" ? current : "unknown";
    },
    read: () => named(readCurrent(path, hintPath)),
    write: (bytes, hint, current) => named(replace(path, hintPath, { bytes, hint, current, signal })),
    remember: (hint) => named(put(hintPath, Buffer.from(`${hint}\n`))),
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
  try {
    await removeLeftBehind(path, temporary);
    const lock = await claim(path);
    try {
      const found = await readCurrent(path, hintPath);
      if (tag(found) !== tag(current))
        throw refuse("alone", `someone else published "${path}" during this run: run again`);
      lock.check();
      signal.throwIfAborted();
      await rename(temporary, path);
      await flush(dirname(path));
      await put(hintPath, Buffer.from(`${hint}\n`));
    } finally {
      await lock.release();
    }
  } finally {
    await rm(temporary, { force: true });
  }
  return { conditional: true };
}

const tag = (current: Current): string => (typeof current === "object" ? current.tag : current);

/** Writes and flushes bytes under a name that nobody reads yet. */
async function write(path: string, bytes: Buffer): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const file = await open(temporary, "wx", 0o644);
  try {
    await file.writeFile(bytes);
    // the sidecar runs as another user, whatever the umask here
    await file.chmod(0o644);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function put(path: string, bytes: Buffer): Promise<void> {
  await rename(await write(path, bytes), path);
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

/** Removes what killed runs could not: temporary files a minute older than our own, by the volume's clock. */
async function removeLeftBehind(path: string, own: string): Promise<void> {
  const { mtimeMs: now } = await stat(own);
  const prefix = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
    const found = await ifThere(stat(join(dirname(path), name)));
    if (found && now - found.mtimeMs > LEFT_BEHIND_MS) await rm(join(dirname(path), name), { force: true });
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

function explained(error: NodeJS.ErrnoException, path: string): unknown {
  const line = `cannot publish "${path}": ${error.code ?? error.message}`;
  if (error.code === "ENOENT" || error.code === "ENOTDIR")
    return misconfigured(`${line}, its folder must exist`, error);
  if (["EACCES", "EPERM", "EROFS", "EISDIR"].includes(error.code ?? ""))
    return misconfigured(`${line}, its folder must be writable`, error);
  return error.code ? unreachable(line, error) : error;
}
