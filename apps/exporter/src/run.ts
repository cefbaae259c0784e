import { checkDocuments, countFlags, type Document, formatStream } from "flipt-document";
import { md5 } from "flipt-document/revision";
import type { Config } from "./config.ts";
import { notEmpty, notShrunk, publishedFlags, valid } from "./gates.ts";
import { decodeHint, encodeHint, type Hint, stateDigest } from "./hint.ts";
import { connect, type Master } from "./master/client.ts";
import { look, type Revision, read } from "./master/read.ts";
import { openSink } from "./sinks/open.ts";
import type { Current, Publication, Sink } from "./sinks/sink.ts";
import { type Failure, type Gate, misconfigured, refuse, Stop } from "./stop.ts";

/** What a run did and saw; a field that was not found out is absent. */
export interface Outcome {
  outcome: "published" | "unchanged" | "refused" | "failed";
  exit: 0 | Failure;
  /** The gate that refused. */
  gate?: Gate;
  /** One line: what, on which thing, what was seen, what to do. */
  message: string;
  sink: string;
  namespaces?: number;
  flags?: number;
  bytes?: number;
  md5?: string;
  /** What a sidecar answers once it serves this publication. */
  etag?: string;
  /** False when the store ignores conditions; absent when nothing was written. */
  conditional?: boolean;
  /** To the master. */
  requests: number;
  /** The master's snapshot ETags that were read, by namespace; null for a namespace that was never written to. */
  revisions?: Record<string, string | null>;
  /** How often the whole state was read. */
  reads: number;
  durationMs: number;
}

type Facts = Partial<Outcome>;

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
  const facts: Facts = { reads: 0 };
  const work = publish(config, master, signal, facts);
  // a volume that hangs cannot be told to stop
  const done = await Promise.race([work, aborted(late.signal)]).catch((error: unknown) =>
    ended(error, late.signal, config),
  );
  clearTimeout(timer);
  stop.abort();
  const durationMs = Math.round(performance.now() - started);
  return { ...done, sink: config.sink.url, reads: 0, ...facts, requests: master.requests, durationMs };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

type Ending = Pick<Outcome, "outcome" | "exit" | "gate" | "message">;

function ended(error: unknown, deadline: AbortSignal, config: Config): Ending {
  const late = `not done after EXPORT_TIMEOUT (${config.timeoutMs} ms): is the master or the store overloaded?`;
  const reason = deadline.aborted && !(error instanceof Stop) ? refuse("bounded", late) : error;
  if (!(reason instanceof Stop)) return { outcome: "failed", exit: 3, message: `unexpected: ${String(reason)}` };
  const { gate, exit, message } = reason;
  return { outcome: gate ? "refused" : "failed", exit, gate, message };
}

async function publish(config: Config, master: Master, signal: AbortSignal, facts: Facts): Promise<Ending> {
  const sink = await openSink(config.sink, signal);
  const current = await sink.read();
  const hint = trusted(current);
  const digest = (revision: Revision) => stateDigest(master.url, config.flipt.namespaces, revision);
  const before = await look(master, config.flipt.namespaces, (keys) =>
    hint?.etags?.length === keys.length ? hint.etags : [],
  );
  Object.assign(facts, seen(before.revision));
  if (hint && digest(before.revision) === hint.state) return unchanged(current, hint.flags, config, facts);
  // before the contents come: a syntax tree and they together would need a third more memory
  const earlier = typeof current === "object" ? publishedFlags(current.bytes) : new Map<string, number>();
  const { revision, documents, reads } = await read(master, config.flipt.namespaces, before);
  Object.assign(facts, seen(revision), { reads });
  const bytes = gated(documents, earlier, config, facts);
  const line = hintLine(digest(revision), bytes, revision, facts.flags);
  if (typeof current === "object" && current.bytes.equals(bytes)) {
    await sink.remember?.(line);
    return unchanged(current, facts.flags, config, facts);
  }
  facts.conditional = (await sink.write(bytes, line, current)).conditional;
  describePublication(await readBack(sink, bytes, config), facts);
  const told = `${facts.flags} flags in ${facts.namespaces} namespaces, ${bytes.length} bytes, ETag ${facts.etag}`;
  return { outcome: "published", exit: 0, message: `published "${config.sink.url}": ${told}` };
}

const seen = ({ namespaces }: Revision): Facts => ({
  namespaces: namespaces.length,
  revisions: Object.fromEntries(namespaces.map(({ key, etag }) => [key, etag ?? null])),
});

// other bytes than those it was written for: somebody else published
function trusted(current: Current): Hint | undefined {
  if (typeof current !== "object") return undefined;
  const hint = decodeHint(current.hint);
  return hint?.md5 === md5(current.bytes) ? hint : undefined;
}

function hintLine(state: string, bytes: Buffer, { namespaces }: Revision, flags = 0): string {
  return encodeHint({ state, md5: md5(bytes), flags, etags: namespaces.map(({ etag }) => etag) });
}

function gated(documents: Document[], earlier: ReadonlyMap<string, number>, config: Config, facts: Facts): Buffer {
  const place = config.sink.url;
  facts.flags = [...countFlags(documents).values()].reduce((sum, count) => sum + count, 0);
  notEmpty(facts.flags, place, config.allowEmpty);
  valid(documents, checkDocuments(documents));
  const allowed = config.allowShrink || (facts.flags === 0 && config.allowEmpty);
  if (!allowed) notShrunk(documents, earlier, config.maxShrink, place);
  return Buffer.from(formatStream(documents));
}

function unchanged(current: Current, flags: number | undefined, config: Config, facts: Facts): Ending {
  if (typeof current === "object") describePublication(current, facts);
  if (flags !== undefined) facts.flags = flags;
  const told = `${facts.flags} flags in ${facts.namespaces} namespaces, ETag ${facts.etag}`;
  return { outcome: "unchanged", exit: 0, message: `unchanged "${config.sink.url}": ${told}` };
}

async function readBack(sink: Sink, bytes: Buffer, config: Config): Promise<Publication> {
  const found = await sink.read();
  if (found === "hidden")
    throw misconfigured(`"${config.sink.url}" is written, but may not be read back: give the key s3:GetObject`);
  if (typeof found === "object" && found.bytes.equals(bytes)) return found;
  const seen =
    typeof found === "object" ? `${found.bytes.length} bytes with md5 ${md5(found.bytes)}` : `nothing (${found})`;
  const wanted = `${bytes.length} with md5 ${md5(bytes)}`;
  throw refuse(
    "read back",
    `"${config.sink.url}" holds ${seen}, not the ${wanted} just written: does someone else publish there?`,
  );
}

function describePublication({ bytes, etag }: Publication, facts: Facts): void {
  Object.assign(facts, { bytes: bytes.length, md5: md5(bytes), etag });
}
