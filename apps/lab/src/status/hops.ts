import { oneLine } from "../fault.ts";
import { ask, urlOf } from "../flipt.ts";
import type { ExportRun, Lab, Publication } from "../lab.ts";
import { attempt, digest, type Observations, type Revisions, readMaster, readSidecar } from "./observations.ts";

/** What is to be said of a hop. A fault breaks the copy, a wait belongs to its way. */
export interface Judgement {
  ok: boolean;
  /** The state that this hop holds: the same text on each hop that holds the same; empty when it holds none. */
  revision: string;
  /** Seconds since this hop last took over a state, or last looked for one; undefined when unknown. */
  ageSeconds: number | undefined;
  /** How far it is behind the hop before, in words. */
  lag: string;
  fault?: string;
  wait?: string;
}

/** One hop: what is asked of it, and what follows from that and from what the hops before it have answered. */
interface Row {
  name: string;
  address(lab: Pick<Lab, "addresses" | "services" | "programs">, seen: Observations): string;
  observe(lab: Lab): Promise<Partial<Observations>>;
  judge(seen: Observations): Judgement;
}

const ageOf = (now: number, ms: number): number => Math.max(0, Math.round((now - ms) / 100) / 10);

const stateOf = (run: ExportRun | undefined): string =>
  run?.log.revisions && typeof run.log.revisions === "object" ? digest(run.log.revisions as Revisions) : "";

/** The master's state that a copy holds; its own ETag where the export that made it is not remembered. */
const heldBy = ({ states }: Observations, etag: string | undefined): string => (etag && states[etag]) ?? etag ?? "";

const sizeOf = ({ revision, modified, bytes }: Publication) => ({ revision, modified, bytes: bytes.length });

/** Why a sidecar does not answer: Flipt v1.61.1 ends at a start at which it cannot read its store (recorded). */
const sidecarFault = ({ sidecar, publication, lastWords }: Observations): string => {
  const cause =
    publication instanceof Error
      ? "; it cannot start while the store is down, and is started again until the store is back"
      : "";
  return `flipt-sidecar: ${oneLine(sidecar)}${cause}${lastWords ? `; its log ends with: ${lastWords}` : ""}`;
};

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

const failure = (last: ExportRun | undefined): string | undefined =>
  last && last.exit !== 0 ? `flipt-exporter: its last run failed with exit code ${last.exit}: ${last.line}` : undefined;

/** The hops in the order of the copy's way. */
export const rows: Row[] = [
  {
    name: "flipt-master",
    address: ({ addresses, services }) => services?.master ?? urlOf(addresses.master),
    observe: async ({ addresses }) => ({ master: await attempt(readMaster(addresses.master)) }),
    judge({ master }) {
      const source = { ageSeconds: undefined, lag: "the source" };
      return master instanceof Error
        ? { ...source, ok: false, revision: "", fault: `flipt-master: ${oneLine(master)}` }
        : { ...source, ok: true, revision: digest(master) };
    },
  },
  {
    name: "flipt-exporter",
    address: (_, { intervals }) => `each ${intervals.export} s`,
    async observe(lab) {
      const runs = await lab.exports();
      const good = runs.filter(({ exit }) => exit === 0);
      const states = Object.fromEntries(good.map((run) => [run.log.etag as string, stateOf(run)]));
      return { last: runs.at(-1), lastGood: good.at(-1), states };
    },
    judge({ now, intervals, master, last, lastGood }) {
      const revision = stateOf(lastGood);
      const fault = silence({ now, intervals, last }) ?? failure(last);
      const seen = { ok: last !== undefined && !fault, revision, ageSeconds: last && ageOf(now, last.ended) };
      if (master instanceof Error) return { ...seen, lag: "unknown: no master to compare with", fault };
      if (revision === digest(master)) return { ...seen, lag: "has exported the master's state", fault };
      const wait = `the master has changed since the last export; the next is within ${intervals.export} s`;
      return { ...seen, lag: "behind the master", ...(fault ? { fault } : { wait }) };
    },
  },
  {
    name: "store",
    address: ({ programs }) => programs.store,
    async observe(lab) {
      const copy = await attempt(lab.publication());
      return { publication: copy instanceof Error || !copy ? copy : sizeOf(copy) };
    },
    judge(seen) {
      const { now, publication } = seen;
      const nothing = { ok: false, revision: "", ageSeconds: undefined, lag: "nothing published" };
      if (publication instanceof Error)
        return { ...nothing, lag: "unknown: no answer", fault: `store: ${oneLine(publication)}` };
      if (!publication) return { ...nothing, fault: "store: nothing is published" };
      const { revision, modified, bytes } = publication;
      return { ok: true, revision: heldBy(seen, revision), ageSeconds: ageOf(now, modified), lag: `${bytes} bytes` };
    },
  },
  {
    name: "flipt-sidecar",
    address: ({ addresses, services }) => services?.sidecar ?? addresses.sidecar,
    async observe(lab) {
      const sidecar = await attempt(readSidecar(lab.addresses.sidecar));
      if (!(sidecar instanceof Error)) return { sidecar };
      const log = await lab.logs("flipt-sidecar").catch(() => "");
      return { sidecar, lastWords: log.trimEnd().split("\n").at(-1)?.slice(0, 300) };
    },
    judge(seen) {
      const { now, intervals, publication, sidecar } = seen;
      if (sidecar instanceof Error) {
        const fault = sidecarFault(seen);
        return { ok: false, revision: "", ageSeconds: undefined, lag: "unknown: no answer", fault };
      }
      const answers = { ok: true, revision: heldBy(seen, sidecar.revision), ageSeconds: ageOf(now, sidecar.loaded) };
      if (publication instanceof Error || !publication)
        return { ...answers, lag: "unknown: no publication to compare with" };
      if (sidecar.revision === publication.revision) return { ...answers, lag: "serves the publication" };
      const age = ageOf(now, publication.modified);
      const late = age > 2 * intervals.poll + 5;
      return {
        ...answers,
        lag: "behind the publication",
        ...(late
          ? { fault: `flipt-sidecar: it has not taken over a publication of ${age} s ago; its log says why` }
          : { wait: `the sidecar has not polled the last publication yet; it does within ${intervals.poll} s` }),
      };
    },
  },
  {
    name: "sample-app",
    address: ({ addresses, services }) => services?.application ?? addresses.application,
    observe: async ({ addresses }) => ({
      application: await attempt(ask(addresses.application, "/ready").then(({ status }) => status === 200)),
    }),
    judge({ application, lastGood }) {
      const seen = { ok: application === true, revision: "", ageSeconds: undefined };
      if (application === true) return { ...seen, lag: "ready" };
      if (application === false && lastGood?.log.flags === 0)
        return { ...seen, lag: "not ready", wait: "evaluation-client: it is ready once the sidecar has a flag" };
      const why = application instanceof Error ? oneLine(application) : "not ready";
      return { ...seen, lag: "not ready", fault: `evaluation-client: ${why}` };
    },
  },
];
