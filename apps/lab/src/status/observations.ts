import { createHash } from "node:crypto";
import { oneLine } from "../fault.ts";
import { type Endpoint, listNamespaces, readEtag, readFreshness } from "../flipt.ts";
import type { ExportRun } from "../lab.ts";

/** What was asked of each hop; an error where a hop did not answer. */
export interface Observations {
  now: number;
  /** Seconds between two exports, and between two polls. */
  intervals: { export: number; poll: number };
  /** ETags of the master by namespace. */
  master: Revisions | Error;
  /** The last run that ended well, and the last of all. */
  lastGood: ExportRun | undefined;
  last: ExportRun | undefined;
  /** The master's state in each publication whose export is remembered: the digest of {@link digest} by the ETag of the copy. */
  states: Record<string, string>;
  publication: { revision: string; modified: number; bytes: number } | undefined | Error;
  /** `lastWords` is the end of the log of a sidecar that does not answer. */
  sidecar: { revision: string | undefined; loaded: number } | Error;
  lastWords?: string;
  application: boolean | Error;
}

/** ETags by namespace; none for one without a flag. */
export type Revisions = Record<string, string | null | undefined>;

/** One text for the master's state: its ETags of all namespaces, those without a flag included. */
export function digest(revisions: Revisions): string {
  const sorted = Object.entries(revisions).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha1")
    .update(JSON.stringify(sorted.map(([key, etag]) => [key, etag ?? null])))
    .digest("hex");
}

/** What was promised, or why it did not come. */
export const attempt = <T>(promise: Promise<T>): Promise<T | Error> =>
  promise.catch((error) => (error instanceof Error ? error : new Error(oneLine(error))));

export async function readMaster(base: Endpoint): Promise<Revisions> {
  const namespaces = await listNamespaces(base);
  return Object.fromEntries(
    await Promise.all(namespaces.map(async (key) => [key, await readEtag(base, key)] as const)),
  );
}

/** The revision that a sidecar serves, and when it has last loaded its source. */
export async function readSidecar(base: string): Promise<{ revision: string | undefined; loaded: number }> {
  const [namespaces, loaded] = await Promise.all([listNamespaces(base), readFreshness(base)]);
  const revisions = await Promise.all(namespaces.map((key) => readEtag(base, key)));
  return { revision: revisions.find((each) => each !== undefined), loaded };
}
