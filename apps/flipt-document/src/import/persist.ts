import { setTimeout as pause } from "node:timers/promises";
import type { Document } from "../document.ts";
import { type Imported, importDocuments } from "./import.ts";
import { Refusal, type Send } from "./master.ts";

/** How long an import goes on while it does not get on. */
export interface Patience {
  /** Tries in a row that finish no flag and no segment, until it gives up. */
  tries: number;
  pauseMs: number;
  /** Is told why a try has failed. */
  news(line: string): void;
  signal?: AbortSignal;
}

/**
 * Imports documents, and tries again what ends in the middle, for as long as it gets on: a large document on a slow master
 * takes its time, a master that is not there yet a few tries.
 *
 * @throws {Refusal} at once
 * @throws {Error} the last try's, when as many in a row as `tries` have finished nothing
 */
export async function importWhole(
  documents: Document[],
  send: Send,
  { tries, pauseMs, news, signal }: Patience,
): Promise<Imported> {
  const imported: Imported = { made: new Set(), kept: new Set() };
  for (let idle = 0; ; ) {
    const before = imported.made.size;
    try {
      await importDocuments(documents, send, imported);
      return imported;
    } catch (error) {
      signal?.throwIfAborted();
      idle = imported.made.size > before ? 1 : idle + 1;
      if (error instanceof Refusal || idle >= tries) throw error;
      news(error instanceof Error ? error.message : "the import was ended");
      await pause(pauseMs, undefined, { signal });
    }
  }
}
