import { oneLine } from "./fault.ts";
import { ask, type Endpoint, listNamespaces, readEtag, readFreshness, urlOf } from "./flipt.ts";
import type { ExportRun, Lab } from "./lab.ts";

/** One station of the copy's way. */
export interface Hop {
  name: string;
  address: string;
  ok: boolean;
  /** What identifies the state that this hop holds; empty when it holds none. */
  revision: string;
  /** Seconds since this hop last took over a state, or last looked for one; undefined when unknown. */
  ageSeconds: number | undefined;
  /** How far it is behind the hop before, in words. */
  lag: string;
}

export interface Status {
  mode: string;
  ring: string;
  hops: Hop[];
  verdict: "in step" | "on its way" | "broken";
  /** Why the verdict is not `in step`. */
  reason: string;
}

/** What was asked of each hop; an error where a hop did not answer. */
export interface Observations {
  now: number;
  intervals: { export: number; poll: number };
  /** ETags of the master by namespace. */
  master: Record<string, string | undefined> | Error;
  /** The last run that ended well, and the last of all. */
  lastGood: ExportRun | undefined;
  last: ExportRun | undefined;
  publication: { revision: string; modified: number; bytes: number } | undefined | Error;
  sidecar: { revision: string | undefined; loaded: number } | Error;
  application: boolean | Error;
}

const attempt = <T>(promise: Promise<T>): Promise<T | Error> =>
  promise.catch((error) => (error instanceof Error ? error : new Error(oneLine(error))));

async function readMaster(base: Endpoint): Promise<Record<string, string | undefined>> {
  const namespaces = await listNamespaces(base);
  return Object.fromEntries(
    await Promise.all(namespaces.map(async (key) => [key, await readEtag(base, key)] as const)),
  );
}

async function readSidecar(base: string): Promise<{ revision: string | undefined; loaded: number }> {
  const [namespaces, loaded] = await Promise.all([listNamespaces(base), readFreshness(base)]);
  const revisions = await Promise.all(namespaces.map((key) => readEtag(base, key)));
  return { revision: revisions.find((each) => each !== undefined), loaded };
}

/** Asks every hop of a lab at once. */
export async function observe(lab: Lab): Promise<Observations> {
  const { master, sidecar, application } = lab.addresses;
  const [etags, runs, publication, copy, ready] = await Promise.all([
    attempt(readMaster(master)),
    lab.exports(),
    attempt(lab.publication()),
    attempt(readSidecar(sidecar)),
    attempt(ask(application, "/ready").then(({ status }) => status === 200)),
  ]);
  return {
    now: Date.now(),
    intervals: lab.intervals,
    master: etags,
    lastGood: runs.findLast(({ exit }) => exit === 0),
    last: runs.at(-1),
    publication:
      publication instanceof Error || !publication
        ? publication
        : { revision: publication.revision, modified: publication.modified, bytes: publication.bytes.length },
    sidecar: copy,
    application: ready,
  };
}

/** Whether the master's ETags are those that the last good export has read. */
function isExported(master: Record<string, string | undefined>, run: ExportRun | undefined): boolean {
  const read = run?.log.revisions;
  if (!read || typeof read !== "object") return false;
  const entries = Object.entries(read);
  return (
    entries.length === Object.keys(master).length &&
    entries.every(([key, etag]) => (master[key] ?? null) === (etag ?? null))
  );
}

/** No run takes longer, from its start in a pod to its end. */
const longestRunSeconds = 90;

/** Why the exporter must have stopped: no run has ended for longer than its interval and a run take; undefined while it runs. */
export function silence({
  now,
  intervals,
  last,
}: Pick<Observations, "now" | "intervals" | "last">): string | undefined {
  const seconds = last ? Math.round((now - last.ended) / 1000) : 0;
  if (seconds <= intervals.export + longestRunSeconds) return undefined;
  return `flipt-exporter: no run has ended for ${seconds} s, one should each ${intervals.export} s; its log says why`;
}

/** Draws the conclusion from what was seen; pure. */
export function conclude(
  seen: Observations,
  lab: Pick<Lab, "mode" | "ring" | "addresses" | "services" | "programs">,
): Status {
  const { now, intervals, master, publication, sidecar, application, last, lastGood } = seen;
  const age = (ms: number): number => Math.max(0, Math.round((now - ms) / 100) / 10);
  const exported = !(master instanceof Error) && isExported(master, lastGood);
  const published = publication && !(publication instanceof Error) ? publication : undefined;
  const copied = !(sidecar instanceof Error) && published !== undefined && sidecar.revision === published.revision;
  const faults: string[] = [];
  const waits: string[] = [];

  if (master instanceof Error) faults.push(`flipt-master: ${oneLine(master)}`);
  const silent = silence(seen);
  if (silent) faults.push(silent);
  if (last && last.exit !== 0)
    faults.push(`flipt-exporter: its last run failed with exit code ${last.exit}: ${last.line}`);
  else if (!(master instanceof Error) && !exported)
    waits.push(`the master has changed since the last export; the next is within ${intervals.export} s`);
  if (publication instanceof Error) faults.push(`store: ${oneLine(publication)}`);
  else if (!published) faults.push("store: nothing is published");
  if (sidecar instanceof Error) faults.push(`flipt-sidecar: ${oneLine(sidecar)}`);
  else if (published && !copied) {
    const late = age(published.modified) > 2 * intervals.poll + 5;
    if (late)
      faults.push(
        `flipt-sidecar: it has not taken over a publication of ${age(published.modified)} s ago; its log says why`,
      );
    else waits.push(`the sidecar has not polled the last publication yet; it does within ${intervals.poll} s`);
  }
  if (application instanceof Error) faults.push(`evaluation-client: ${oneLine(application)}`);
  else if (!application) faults.push("evaluation-client: not ready");

  const hops: Hop[] = [
    {
      name: "flipt-master",
      address: lab.services?.master ?? urlOf(lab.addresses.master),
      ok: !(master instanceof Error),
      revision: master instanceof Error ? "" : (Object.values(master).find((etag) => etag !== undefined) ?? ""),
      ageSeconds: undefined,
      lag: "the source",
    },
    {
      name: "flipt-exporter",
      address: `each ${intervals.export} s`,
      ok: last?.exit === 0 && !silent,
      revision: typeof lastGood?.log.etag === "string" ? lastGood.log.etag : "",
      ageSeconds: last && age(last.ended),
      lag: exported ? "has exported the master's state" : "behind the master",
    },
    {
      name: "store",
      address: lab.programs.store,
      ok: published !== undefined,
      revision: published?.revision ?? "",
      ageSeconds: published && age(published.modified),
      lag: published ? `${published.bytes} bytes` : "nothing published",
    },
    {
      name: "flipt-sidecar",
      address: lab.services?.sidecar ?? lab.addresses.sidecar,
      ok: !(sidecar instanceof Error),
      revision: sidecar instanceof Error ? "" : (sidecar.revision ?? ""),
      ageSeconds: sidecar instanceof Error ? undefined : age(sidecar.loaded),
      lag: copied ? "serves the publication" : "behind the publication",
    },
    {
      name: "sample-app",
      address: lab.services?.application ?? lab.addresses.application,
      ok: application === true,
      revision: "",
      ageSeconds: undefined,
      lag: application === true ? "ready" : "not ready",
    },
  ];
  const verdict = faults.length > 0 ? "broken" : waits.length > 0 ? "on its way" : "in step";
  return { mode: lab.mode, ring: lab.ring, hops, verdict, reason: [...faults, ...waits].join("; ") };
}
