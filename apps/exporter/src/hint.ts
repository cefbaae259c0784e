import { createHash } from "node:crypto";
import type { Revision } from "./master/read.ts";
import type { Peak } from "./peak.ts";

/**
 * What travels beside a publication and lets the next run skip the read: which state of which master it shows. A hint
 * only: a publication whose bytes have another md5 has none.
 */
export interface Hint {
  /** Digest over master, selection, namespaces and their ETags. */
  state: string;
  /** Of the published bytes, hex. */
  md5: string;
  flags: number;
  peak?: Peak;
  /** Of the namespaces in the order of their keys; left out when there are too many to carry. */
  etags: (string | undefined)[] | undefined;
}

// changes when equal states of a master begin to give other bytes
const FORMAT = "2";
// S3 allows 2 KB of metadata in all, names included
const ROOM = 1900;
// a space at the end would not survive as a header
const NONE = "-";

/** The digest that a hint carries. */
export function stateDigest(url: URL, selection: string[] | undefined, { namespaces }: Revision): string {
  const text = JSON.stringify([FORMAT, url.href, selection ?? null, namespaces]);
  return createHash("sha256").update(text).digest("base64url");
}

/** One line of ASCII, at most 1,900 characters: of too many namespaces the ETags are left out, then the peak. */
export function encodeHint({ state, md5, flags, etags = [], peak }: Hint): string {
  const packed = etags.map((etag = "") => Buffer.from(etag, "hex").toString("base64url")).join(",");
  const most = peak ? [peak.at, ...peak.flags].join(",") : "";
  const lines = [[packed, most], ["", most], []].map(([tags, top]) =>
    [FORMAT, state, md5, flags, tags || NONE, top || NONE].join(" "),
  );
  return lines.find((line) => line.length <= ROOM) ?? "";
}

/** Undefined for what is no hint of this format. */
export function decodeHint(line: string | undefined): Hint | undefined {
  const match = /^2 ([\w-]{43}) ([0-9a-f]{32}) (\d+) ([\w,-]+) (-|\d+(?:,\d+)*)$/.exec(line?.trim() ?? "");
  const [, state, md5, flags, packed, most] = match ?? [];
  if (!state || !md5) return undefined;
  const etags = packed && packed !== NONE ? packed.split(",").map(unpacked) : undefined;
  const [at, ...counts] = most && most !== NONE ? most.split(",").map(Number) : [];
  return { state, md5, flags: Number(flags), etags, ...(at !== undefined && { peak: { at, flags: counts } }) };
}

const unpacked = (etag: string): string | undefined => Buffer.from(etag, "base64url").toString("hex") || undefined;
