import type { Config } from "./config.ts";
import type { SeenFacts } from "./facts.ts";
import { publishedFlags } from "./gates.ts";
import { decodeHint, type Hint, stateDigest } from "./hint.ts";
import type { Master } from "./master/client.ts";
import { type Look, look, type Revision, read, type State } from "./master/read.ts";
import type { Counts } from "./peak.ts";
import type { Current, Mark, Sink } from "./sinks/sink.ts";

/** Between whom a run passes a state on. */
export interface Task {
  config: Config;
  master: Master;
  sink: Sink;
}

/** Where the two stand before anything is read. */
export interface Seen {
  /** The publication, if its hint is sure to belong to it. */
  known: { mark: Mark; hint: Hint } | undefined;
  first: Look;
}

/** Asks both as little as they can be asked. */
export async function see({ config, master, sink }: Task): Promise<Seen> {
  const known = trusted(await sink.look()) ?? trusted(await sink.read());
  const etags = known?.hint.etags;
  const first = await look(master, config.flipt.namespaces, (keys) => (etags?.length === keys.length ? etags : []));
  return { known, first };
}

// other bytes than those it was written for: somebody else published
function trusted(mark: Mark | string): Seen["known"] {
  if (typeof mark === "string") return undefined;
  const hint = decodeHint(mark.hint);
  return hint?.md5 === mark.md5 ? { mark, hint } : undefined;
}

/** Tells a state of the master that this run would export from any other. */
export const digest = ({ config, master }: Task, revision: Revision): string =>
  stateDigest(master.url, config.flipt.namespaces, revision);

export const seenFacts = ({ namespaces }: Revision): SeenFacts => ({
  namespaces: namespaces.length,
  revisions: Object.fromEntries(namespaces.map(({ key, etag }) => [key, etag ?? null])),
});

/** The master's state as a whole, and what is published. */
export interface Contents {
  state: State;
  current: Current;
  /** Flags that are published now. */
  published: Counts;
  /** What the run that published them left, if it is sure to belong to them. */
  hint: Hint | undefined;
}

export async function readContents({ config, master, sink }: Task, { known, first }: Seen): Promise<Contents> {
  const current = await sink.read();
  const isKnown = typeof current === "object" && current.md5 === known?.hint.md5;
  // before the contents come: a syntax tree and they together would need a third more memory
  const published = typeof current === "object" ? publishedFlags(current.bytes) : new Map<string, number>();
  const state = await read(master, config.flipt.namespaces, first);
  return { state, current, published, hint: isKnown ? known?.hint : undefined };
}
