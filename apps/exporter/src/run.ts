import { md5 } from "flipt-document/revision";
import type { Config } from "./config.ts";
import type { ReadFacts } from "./facts.ts";
import { gate, readFacts } from "./gate.ts";
import { connect } from "./master/client.ts";
import { type Ending, endingOf, type Outcome } from "./outcome.ts";
import { digest, readContents, see, seenFacts, type Task } from "./see.ts";
import { openSink } from "./sinks/open.ts";
import type { Mark, Publication } from "./sinks/sink.ts";
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
  if (!deadline.aborted) {
    const told = error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
    return unreachable(`unexpected: ${told}`, error);
  }
  return refuse("bounded", `not done after EXPORT_TIMEOUT (${timeoutMs} ms): is the master or the store overloaded?`);
}

async function publish(task: Task): Promise<Ending> {
  const seen = await see(task);
  const { known, first } = seen;
  const facts = seenFacts(first.revision);
  if (known && known.hint.state === digest(task, first.revision))
    return unchanged(task, known.mark, { ...facts, reads: 0, flags: known.hint.flags });
  const contents = await knowing(facts, () => readContents(task, seen));
  const { current } = contents;
  const read = readFacts(contents);
  const { bytes, hint } = await knowing(read, () => gate(task, contents));
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
