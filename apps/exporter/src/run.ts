import { checkDocuments, countFlags, type Document, formatStream } from "flipt-document";
import { md5 } from "flipt-document/revision";
import type { Config } from "./config.ts";
import type { ReadFacts, SeenFacts } from "./facts.ts";
import { notEmpty, notShrunk, publishedFlags, valid } from "./gates.ts";
import { decodeHint, encodeHint, type Hint, stateDigest } from "./hint.ts";
import { connect, type Master } from "./master/client.ts";
import { type Look, look, type Revision, read, type State } from "./master/read.ts";
import { type Ending, endingOf, type Outcome } from "./outcome.ts";
import { openSink } from "./sinks/open.ts";
import type { Current, Mark, Publication, Sink } from "./sinks/sink.ts";
import { knowing, misconfigured, refuse, Stop, unreachable } from "./stop.ts";

/**
 * One run: reads a master's state, passes the gates, publishes. Never throws; what is published stays as it was unless
 * the outcome is "published", or the gate that refused is "read back".
 */
export async function run(config: Config): Promise<Outcome> {
  const started = performance.now();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), config.timeoutMs);
  const stop = new AbortController();
  const signal = AbortSignal.any([late.signal, stop.signal]);
  const master = connect({ ...config.flipt, signal });
  const work = openSink(config.sink, signal).then((sink) => publish({ config, master, sink }));
  // a volume that hangs cannot be told to stop
  const ending = await Promise.race([work, aborted(late.signal)]).catch((error: unknown) =>
    endingOf(reason(error, late.signal, config)),
  );
  clearTimeout(timer);
  stop.abort();
  const durationMs = Math.round(performance.now() - started);
  return { ...ending, sink: config.sink.url, requests: master.requests, durationMs };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

function reason(error: unknown, deadline: AbortSignal, { timeoutMs }: Config): Stop {
  if (error instanceof Stop) return error;
  if (!deadline.aborted) return unreachable(`unexpected: ${String(error)}`, error);
  return refuse("bounded", `not done after EXPORT_TIMEOUT (${timeoutMs} ms): is the master or the store overloaded?`);
}

/** Between whom a run passes a state on. */
interface Task {
  config: Config;
  master: Master;
  sink: Sink;
}

async function publish(task: Task): Promise<Ending> {
  const seen = await see(task);
  const { known, first } = seen;
  const facts = seenFacts(first.revision);
  if (known && known.hint.state === digest(task, first.revision))
    return unchanged(task, known.mark, { ...facts, reads: 0, flags: known.hint.flags });
  const { state, current, earlier } = await knowing(facts, () => readAll(task, seen));
  const read = readFacts(state);
  const bytes = await knowing(read, async () => gated(task, state.documents, read.flags, earlier));
  const hint = hintLine(task, state.revision, bytes, read.flags);
  if (typeof current === "object" && current.bytes.equals(bytes)) {
    await knowing(read, async () => task.sink.remember?.(hint));
    return unchanged(task, current, read);
  }
  const { conditional } = await knowing(read, () => task.sink.write(bytes, hint, current));
  const { size, etag } = await knowing(read, () => readBack(task, bytes));
  const told = `${read.flags} flags in ${read.namespaces} namespaces, ${size} bytes, ETag ${etag}`;
  const message = `published "${task.config.sink.url}": ${told}`;
  return { outcome: "published", exit: 0, message, ...read, bytes: size, md5: md5(bytes), etag, conditional };
}

/** Where the two stand before anything is read. */
interface Seen {
  /** The publication, if its hint is sure to belong to it. */
  known: { mark: Mark; hint: Hint } | undefined;
  first: Look;
}

async function see({ config, master, sink }: Task): Promise<Seen> {
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

const digest = ({ config, master }: Task, revision: Revision): string =>
  stateDigest(master.url, config.flipt.namespaces, revision);

interface All {
  state: State;
  current: Current;
  /** Flags that are published now, by namespace. */
  earlier: ReadonlyMap<string, number>;
}

async function readAll({ config, master, sink }: Task, { first }: Seen): Promise<All> {
  const current = await sink.read();
  // before the contents come: a syntax tree and they together would need a third more memory
  const earlier = typeof current === "object" ? publishedFlags(current.bytes) : new Map<string, number>();
  return { state: await read(master, config.flipt.namespaces, first), current, earlier };
}

const seenFacts = ({ namespaces }: Revision): SeenFacts => ({
  namespaces: namespaces.length,
  revisions: Object.fromEntries(namespaces.map(({ key, etag }) => [key, etag ?? null])),
});

function readFacts({ revision, documents, reads }: State): ReadFacts {
  const flags = [...countFlags(documents).values()].reduce((sum, count) => sum + count, 0);
  return { ...seenFacts(revision), reads, flags };
}

/** The bytes to publish, every gate behind them. */
function gated({ config }: Task, documents: Document[], flags: number, earlier: All["earlier"]): Buffer {
  const place = config.sink.url;
  notEmpty(flags, place, config.allowEmpty);
  valid(documents, checkDocuments(documents));
  const allowed = config.allowShrink || (flags === 0 && config.allowEmpty);
  if (!allowed) notShrunk(documents, earlier, config.maxShrink, place);
  return Buffer.from(formatStream(documents));
}

function hintLine(task: Task, revision: Revision, bytes: Buffer, flags: number): string {
  const etags = revision.namespaces.map(({ etag }) => etag);
  return encodeHint({ state: digest(task, revision), md5: md5(bytes), flags, etags });
}

function unchanged({ config }: Task, { size, md5, etag }: Mark, read: ReadFacts): Ending {
  const told = `${read.flags} flags in ${read.namespaces} namespaces, ETag ${etag}`;
  return {
    outcome: "unchanged",
    exit: 0,
    message: `unchanged "${config.sink.url}": ${told}`,
    ...read,
    bytes: size,
    md5,
    etag,
  };
}

async function readBack({ config, sink }: Task, bytes: Buffer): Promise<Publication> {
  const found = await sink.read();
  if (found === "hidden")
    throw misconfigured(`"${config.sink.url}" is written, but may not be read back: give the key s3:GetObject`);
  if (typeof found === "object" && found.bytes.equals(bytes)) return found;
  const seen = typeof found === "object" ? `${found.size} bytes with md5 ${found.md5}` : `nothing (${found})`;
  const wanted = `${bytes.length} with md5 ${md5(bytes)}`;
  throw refuse(
    "read back",
    `"${config.sink.url}" holds ${seen}, not the ${wanted} just written: does someone else publish there?`,
  );
}
