import { createHash } from "node:crypto";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

/** The ETag of a namespace's snapshot: bare, without quotes. */
export const etagOf = (version: string): string => sha1(version);

/** The version of a namespace that several documents make up, in the order of their load. */
export function chainVersions(versions: readonly string[]): string | undefined {
  const [first, ...rest] = versions;
  return rest.reduce((chained, version) => sha1(chained + version).slice(0, 32), first ?? "") || undefined;
}
