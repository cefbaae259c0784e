import type { BigIntStats } from "node:fs";
import { lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Entry, indexName, type Source, type SourceFile } from "./source.ts";

/** A source that is a folder. Symbolic links to files are followed, links to folders are not (recorded). */
export function localSource(root: string): Source {
  return {
    storage: "local",
    index: () => readIndex(root),
    list: () => list(root),
    read: (name) => read(root, name),
  };
}

async function readIndex(root: string): Promise<SourceFile | undefined> {
  // the folder itself first: its absence is another error than the file's
  await named("stat", ".", stat(root));
  return read(root, indexName).catch((error: Error) => {
    if (codeOf(error.cause) === "ENOENT") return undefined;
    throw error;
  });
}

async function list(root: string): Promise<Entry[]> {
  const start = await named("stat", ".", realpath(root));
  return walk(start, "");
}

/** Depth first, names in byte order: the order of Go's `fs.WalkDir`. */
async function walk(root: string, folder: string): Promise<Entry[]> {
  const entries = await named("open", folder || ".", readdir(join(root, folder), { withFileTypes: true }));
  const sorted = entries.sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
  const found: Entry[] = [];
  for (const entry of sorted) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await walk(root, name)));
    else found.push({ name, stamp: await stampOf(join(root, name)) });
  }
  return found;
}

/** Of the file and of the link to it; a link to nothing is left to the reader to complain about. */
async function stampOf(path: string): Promise<string> {
  const link = await lstat(path, { bigint: true });
  const target = link.isSymbolicLink() ? await stat(path, { bigint: true }).catch(() => link) : link;
  const { ino, size, mtimeNs, ctimeNs } = target;
  return [link.ino, ino, size, mtimeNs, ctimeNs].join(" ");
}

async function read(root: string, name: string): Promise<SourceFile> {
  const file = await named("open", name, open(join(root, name)));
  try {
    const stats = await file.stat({ bigint: true });
    return { name, text: await named("read", name, file.readFile("utf8")), version: versionOf(stats) };
  } finally {
    await file.close();
  }
}

/** Seconds of the last change and size, in hexadecimal (recorded). */
const versionOf = ({ mtimeNs, size }: BigIntStats): string =>
  `${(mtimeNs / 1_000_000_000n).toString(16)}-${size.toString(16)}`;

const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** Words a failed call as Go does: `stat .: no such file or directory`. */
async function named<T>(call: string, path: string, result: Promise<T>): Promise<T> {
  return result.catch((cause: Error) => {
    throw new Error(`${call} ${path}: ${words[codeOf(cause) ?? ""] ?? cause.message}`, { cause });
  });
}
