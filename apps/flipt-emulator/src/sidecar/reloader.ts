import type { NamespaceState, View } from "../model.ts";
import { byName, readIndex, type Selects } from "./index-file.ts";
import { loadFiles } from "./load.ts";
import type { Entry, Source, SourceFile } from "./source.ts";
import { touched, viewOf } from "./view.ts";

/** The state of a declarative source at the last load that went well. */
export interface Reloader {
  view(): View;
  /**
   * Looks at the source once. A changed one is loaded and takes the place of the whole state at once; an unchanged one
   * is not read again, and only the namespaces' `updatedAt` moves on.
   *
   * @throws {Error} what is wrong with the source; the state stays as it was
   */
  reload(): Promise<"changed" | "unchanged">;
  /** How many files have been parsed so far. */
  parsed(): number;
}

interface Listing {
  index: SourceFile | undefined;
  entries: Entry[];
  /** Equal for equal sources. */
  fingerprint: string;
}

/** Reads a source; `now` tells the time in RFC 3339. Nothing is loaded before the first `reload`. */
export function createReloader(source: Source, now: () => string): Reloader {
  let states: ReadonlyMap<string, NamespaceState> = new Map();
  let view = viewOf(states);
  let last: { fingerprint: string; error?: Error } | undefined;
  let parsed = 0;
  const install = (next: ReadonlyMap<string, NamespaceState>): void => {
    states = next;
    view = viewOf(states);
  };
  const load = async ({ entries, fingerprint }: Listing): Promise<void> => {
    const files = await Promise.all(entries.map(({ name }) => source.read(name)));
    parsed += files.length;
    try {
      install(loadFiles(files, now()));
      last = { fingerprint };
    } catch (error) {
      // the same broken files need not be parsed at every poll to be complained about
      last = { fingerprint, error: error as Error };
      throw error;
    }
  };
  const reload = async (): Promise<"changed" | "unchanged"> => {
    const listing = await list(source);
    if (listing.fingerprint !== last?.fingerprint) return load(listing).then(() => "changed" as const);
    if (last.error) throw last.error;
    install(touched(states, now()));
    return "unchanged";
  };
  return { view: () => view, reload, parsed: () => parsed };
}

async function list(source: Source): Promise<Listing> {
  const index = await source.index();
  const selects: Selects = index ? readIndex(index.text) : byName;
  const entries = (await source.list()).filter(({ name }) => selects(name));
  const fingerprint = JSON.stringify([index?.text, ...entries.map(({ name, stamp }) => [name, stamp])]);
  return { index, entries, fingerprint };
}
