import type { NamespaceState, View } from "../model.ts";
import { byName, readIndex, type Selects } from "./index-file.ts";
import { loadFiles } from "./load.ts";
import type { Entry, Source } from "./source.ts";
import { touched, viewOf } from "./view.ts";

/** The state of a declarative source at the last load that went well. */
export interface Reloader {
  view(): View;
  /**
   * Looks at the source once. A changed one is loaded and takes the place of the whole state at once; an unchanged one
   * is listed and not read again, which is one request, and only the namespaces' `updatedAt` moves on.
   *
   * @throws {Error} what is wrong with the source; the state stays as it was
   */
  reload(): Promise<"changed" | "unchanged">;
  /** How many files have been parsed so far. */
  parsed(): number;
}

interface Listing {
  /** The entries that are documents. */
  entries: Entry[];
  /** Equal for equal lists of all that the source holds. */
  stamp: string;
  /** Equal for equal documents. */
  fingerprint: string;
}

/** Reads a source; `now` tells the time in RFC 3339. Nothing is loaded before the first `reload`. */
export function createReloader(source: Source, now: () => string): Reloader {
  let states: ReadonlyMap<string, NamespaceState> = new Map();
  let view = viewOf(states);
  let last: (Omit<Listing, "entries"> & { error?: Error }) | undefined;
  let parsed = 0;
  const install = (next: ReadonlyMap<string, NamespaceState>): void => {
    states = next;
    view = viewOf(states);
  };
  const load = async ({ entries, ...seen }: Listing): Promise<void> => {
    const files = await Promise.all(entries.map(({ name }) => source.read(name)));
    parsed += files.length;
    try {
      install(loadFiles(files, now()));
      last = seen;
    } catch (error) {
      // the same broken files need not be parsed at every poll to be complained about
      last = { ...seen, error: error as Error };
      throw error;
    }
  };
  const reload = async (): Promise<"changed" | "unchanged"> => {
    // a list that fails is asked for again behind the index, and then told in the words of the first load
    const listed = last && (await source.list().catch(() => undefined));
    if (last === undefined || listed === undefined || stampOf(listed) !== last.stamp) {
      const listing = await list(source, listed);
      if (listing.fingerprint !== last?.fingerprint) return load(listing).then(() => "changed" as const);
      last.stamp = listing.stamp;
    }
    if (last.error) throw last.error;
    install(touched(states, now()));
    return "unchanged";
  };
  return { view: () => view, reload, parsed: () => parsed };
}

const stampOf = (entries: readonly Entry[]): string => JSON.stringify(entries.map(({ name, stamp }) => [name, stamp]));

async function list(source: Source, listed?: Entry[]): Promise<Listing> {
  const index = await source.index();
  const selects: Selects = index ? readIndex(index.text) : byName;
  const all = listed ?? (await source.list());
  const entries = all.filter(({ name }) => selects(name));
  return { entries, stamp: stampOf(all), fingerprint: JSON.stringify([index?.text, stampOf(entries)]) };
}
