import { checkDocuments, countFlags, formatStream } from "flipt-document";
import { md5 } from "flipt-document/revision";
import { equal } from "./equal.ts";
import type { ReadFacts } from "./facts.ts";
import { notEmpty, notGrown, notShrunk, valid } from "./gates.ts";
import { encodeHint } from "./hint.ts";
import { type Counts, mostOf, nextPeak } from "./peak.ts";
import { type Contents, digest, seenFacts, type Task } from "./see.ts";

/** What is to be published, every gate behind it. */
export interface Gated {
  bytes: Buffer;
  /** For the next run. */
  hint: string;
}

const total = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

export const readFacts = ({ state: { revision, documents, reads } }: Contents): ReadFacts => ({
  ...seenFacts(revision),
  reads,
  flags: total(countFlags(documents)),
});

/** @throws {Stop} of the first gate that refuses */
export async function gate(task: Task, contents: Contents): Promise<Gated> {
  const { config, master } = task;
  const { state, current, published, hint } = contents;
  const { documents, revision } = state;
  const place = config.sink.url;
  const now = Math.floor(Date.now() / 1000);
  const next = countFlags(documents);
  const flags = total(next);
  notEmpty(flags, place, config.allowEmpty);
  valid(documents, checkDocuments(documents));
  const text = typeof current === "object" ? current.bytes.toString() : "";
  await equal(master, state, hint ? text : "", place);
  const mayShrink = config.allowShrink || (flags === 0 && config.allowEmpty);
  if (!mayShrink) notShrunk(next, published, mostOf(published, hint?.peak, now), config.maxShrink, place);
  const bytes = Buffer.from(formatStream(documents));
  const before = typeof current === "object" && total(published) > 0 ? current.size : 0;
  notGrown({ bytes: bytes.length, flags }, before, config, place);
  const line = encodeHint({
    state: digest(task, revision),
    md5: md5(bytes),
    flags,
    peak: mayShrink ? undefined : nextPeak(next, published, hint?.peak, now),
    etags: revision.namespaces.map(({ etag }) => etag),
  });
  return { bytes, hint: line };
}
