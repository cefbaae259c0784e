import { readFile } from "node:fs/promises";
import { type Document, describe, type Imported, importWhole, openMaster, parseStream } from "flipt-document";
import { Fault, oneLine } from "./fault.ts";
import { type Endpoint, urlOf } from "./flipt.ts";

/** A document of flags that somebody brings along, as v1.61.1 would load it. */
export interface Seed {
  /** Where it is from, for people. */
  file: string;
  text: string;
  documents: Document[];
}

/** What `--no-seed` stands for: a master that starts without a flag. */
export const noSeed: Seed = { file: "--no-seed", text: "# a lab that starts without a flag\n", documents: [] };

/**
 * Reads a document.
 *
 * @throws {Fault} with file, path and reason when it cannot be read, or when Flipt would not take it
 */
export async function readSeed(file: string): Promise<Seed> {
  const bytes = await readFile(file).catch((error) => {
    throw new Fault(3, `"${file}" cannot be read: ${oneLine(error)}`);
  });
  const { documents, complaints } = parseStream(bytes);
  const [first] = complaints;
  const more = complaints.length > 1 ? `, and ${complaints.length - 1} more` : "";
  if (first) throw new Fault(3, `Flipt would not take "${file}": ${describe(first, file)}${more}; nothing was changed`);
  return { file, text: bytes.toString("utf8"), documents };
}

/** Brings a document into a running master, compared; what is there stays as it is. */
export async function plantSeed(
  { file, documents }: Seed,
  master: Endpoint,
  news: (line: string) => void,
  signal?: AbortSignal,
): Promise<Imported> {
  const send = openMaster(urlOf(master), typeof master === "string" ? {} : master.headers, signal);
  return importWhole(documents, send, { tries: 5, pauseMs: 1000, news, signal }).catch((error) => {
    signal?.throwIfAborted();
    throw new Fault(
      2,
      `"${file}" is not on the master as a whole: ${oneLine(error)}; what has begun is completed by another try`,
    );
  });
}
