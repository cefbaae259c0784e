import { objectRevision } from "flipt-document/revision";
import type { S3Target } from "../config.ts";
import { misconfigured, refuse, Stop } from "../stop.ts";
import type { StoreError } from "./explain.ts";
import { type Content, openObject, type StoredObject } from "./object.ts";
import type { Mark, Publication, Sink, Written } from "./sink.ts";

/** No object's: stores write 32 digits, or more with a dash. */
const IMPOSSIBLE = '"no-object-has-this-etag"';

/** An object of a store. Needs s3:GetObject and s3:PutObject on its key, nothing else. */
export function s3Sink(target: S3Target, signal: AbortSignal): Sink {
  const object = openObject(target, signal);
  return {
    look: () => look(object),
    read: object.read,
    write: (bytes, hint, current) =>
      current === "hidden"
        ? create(object, { bytes, hint }, target.url)
        : replace(object, { bytes, hint }, current, target.url),
  };
}

/** The ETag of an object that was written in one piece and without a key of one's own is its MD5; the hint tells whether it is. */
async function look(object: StoredObject): Promise<Mark | "unknown"> {
  const head = await object.head().catch((error: unknown) => {
    // without a body a refusal has no reason; that of a read has one
    if (error instanceof Stop && error.exit === 2) return "absent" as const;
    throw error;
  });
  const md5 = head === "absent" ? undefined : /^"([0-9a-f]{32})"$/.exec(head.tag)?.[1];
  return head === "absent" || !md5 ? "unknown" : { ...head, md5, etag: objectRevision(md5) };
}

/** Where the store does not say whether the object exists, a PUT that wants it absent tells. */
async function create(object: StoredObject, content: Content, url: string): Promise<Written> {
  if (await object.put(content, { IfNoneMatch: "*" }))
    return { conditional: (await probe(object, content)) === "refuses" };
  throw misconfigured(`"${url}" exists, but may not be read: give the key s3:GetObject on it`);
}

async function replace(
  object: StoredObject,
  content: Content,
  current: Publication | "absent",
  url: string,
): Promise<Written> {
  const late = () => refuse("alone", `someone else published "${url}" during this run: run again`);
  // all that a store without conditions can offer: a glance just before
  if (tagOf(await object.head()) !== tagOf(current)) throw late();
  const store = await probe(object, content);
  if (store === "lacks") await object.put(content, {});
  if (store !== "refuses") return { conditional: false };
  const condition = current === "absent" ? { IfNoneMatch: "*" } : { IfMatch: current.tag };
  if (await object.put(content, condition)) return { conditional: true };
  // the first answer may have got lost and the SDK have asked again: then it is ours
  const found = await object.read();
  if (typeof found === "object" && found.bytes.equals(content.bytes)) return { conditional: true };
  throw late();
}

const tagOf = (found: { tag: string } | "absent"): string => (found === "absent" ? found : found.tag);

/**
 * Whether the store refuses a PUT whose condition cannot hold. Harmless: the bytes are those that are to stand there
 * anyway, every gate behind them, so a store that ignores conditions has been given no more than the publication.
 */
async function probe(object: StoredObject, content: Content): Promise<"refuses" | "ignores" | "lacks"> {
  try {
    return (await object.put(content, { IfMatch: IMPOSSIBLE })) ? "ignores" : "refuses";
  } catch (error) {
    if (((error as Error).cause as StoreError | undefined)?.name === "NotImplemented") return "lacks";
    throw error;
  }
}
