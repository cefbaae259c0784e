import { type Complaint, countFlags, type Document, describe, parseStream, sidecarMemory } from "flipt-document";
import type { Config } from "./config.ts";
import type { Counts } from "./peak.ts";
import { refuse } from "./stop.ts";

const again = (option: string, variable: string): string =>
  `to publish it all the same, once: npm run -s lab -- export ${option} (or ${variable}=true)`;

/** Refuses a state without a single flag. */
export function notEmpty(flags: number, place: string, allowed: boolean): void {
  if (flags > 0 || allowed) return;
  const hint = again("--allow-empty", "EXPORT_ALLOW_EMPTY");
  throw refuse("not empty", `refusing to publish no flag at all over "${place}": is the master seeded? ${hint}`);
}

/** Refuses what Flipt v1.61.1 would not load. */
export function valid(documents: Document[], complaints: Complaint[]): void {
  const [first] = complaints;
  if (!first) return;
  const more = complaints.length > 1 ? ` and ${complaints.length - 1} more` : "";
  const named = subject(documents, first);
  throw refuse(
    "valid",
    `a sidecar would not load this state: ${named}${describe(first)}${more}; change it on the master`,
  );
}

// a path of numbers says little to who must find the flag on the master
function subject(documents: Document[], { document, path }: Complaint): string {
  const match = /^(flags|segments)\.(\d+)/.exec(path);
  const found = documents[document];
  if (!match || !found) return "";
  const list = match[1] === "flags" ? found.flags : found.segments;
  const namespace = typeof found.namespace === "object" ? found.namespace.key : found.namespace;
  return `${match[1]?.slice(0, -1)} "${namespace}/${list?.[Number(match[2])]?.key}": `;
}

/**
 * Refuses a state in which a namespace is gone or has lost more than `maxShrink` of its flags.
 *
 * @param most what was published of each namespace in the last hour
 */
export function notShrunk(next: Counts, published: Counts, most: Counts, maxShrink: number, place: string): void {
  for (const [namespace, before] of published) {
    const after = next.get(namespace);
    const top = most.get(namespace) ?? before;
    if (after !== undefined && (after >= before || after >= top * (1 - maxShrink))) continue;
    const seen = after === undefined ? "is gone" : `has ${after} flags`;
    const lately = top > before ? `, ${top} were within the last hour` : "";
    const hint = again("--allow-shrink", "EXPORT_ALLOW_SHRINK");
    const line = `refusing to shrink "${place}": namespace "${namespace}" ${seen}, ${before} are published${lately}; ${hint}`;
    throw refuse("not shrunk", line);
  }
}

/** Fewer bytes are nothing to a sidecar, however many times as long as before they are. */
const SMALL = 64 * 1024;

export interface Length {
  bytes: number;
  flags: number;
}

/**
 * Refuses a publication beyond `maxBytes`, or more than `maxGrowth` times as long as the one before.
 *
 * @param before in bytes; 0 where no flag is published
 */
export function notGrown({ bytes, flags }: Length, before: number, limits: Limits, place: string): void {
  const needed = `${bytes} bytes with ${flags} flags, for which a sidecar needs about ${sidecarMemory(bytes)} MiB of memory`;
  const line = `refusing to publish ${needed}, over "${place}"`;
  if (bytes > limits.maxBytes)
    throw refuse(
      "not grown",
      `${line}: EXPORT_MAX_BYTES is ${limits.maxBytes}; raise it with the sidecars' memory limit`,
    );
  const most = Math.max(SMALL, before * limits.maxGrowth);
  if (before === 0 || bytes <= most || limits.allowGrowth) return;
  const hint = again("--allow-growth", "EXPORT_ALLOW_GROWTH");
  throw refuse(
    "not grown",
    `${line}: ${before} bytes are published (EXPORT_MAX_GROWTH is ${limits.maxGrowth}); ${hint}`,
  );
}

type Limits = Pick<Config, "maxGrowth" | "maxBytes" | "allowGrowth">;

/**
 * Flags per namespace of a published stream; none where it cannot be parsed. Document by document, since a syntax tree
 * takes a hundred times its text: `---` at the start of a line always ends a document.
 */
export function publishedFlags(published: Buffer): Map<string, number> {
  const flags = new Map<string, number>();
  for (const text of published.toString("utf8").split(/^---(?=\s|$)/m)) {
    const { documents, complaints } = parseStream(text);
    // a segment may stand in another document of its namespace
    if (complaints.some(({ kind }) => kind !== "reference")) return new Map();
    for (const [namespace, count] of countFlags(documents)) flags.set(namespace, (flags.get(namespace) ?? 0) + count);
  }
  return flags;
}
