import type { Document, DocumentFlag } from "flipt-document";
import type { Basis } from "../basis.ts";
import { misconfigured, refuse, Stop } from "../stop.ts";
import type { Master } from "./client.ts";
import type { Fields } from "./fields.ts";
import { lanes } from "./lanes.ts";
import { pages } from "./pages.ts";
import { Torn } from "./torn.ts";
import { flagDocument, namespaceDocument, segmentDocument } from "./translate.ts";

const READS = 3;
// enough to keep every connection busy, few enough not to hold all of a large master's answers at once
const NAMESPACES_AT_ONCE = 3;

/**
 * What tells one state of a master from another: its namespaces, each with the ETag of its snapshot. One that was never
 * written to has none (recorded from v1.61.1); any write gives it one.
 */
export interface Revision {
  namespaces: { key: string; name: string; description: string; etag: string | undefined }[];
}

/** Where the master is. */
export interface Look {
  revision: Revision;
  /** The namespaces as the master lists them, sorted by key. */
  listed: Fields[];
  /** What the master evaluates, by namespace; those that have not changed since the ETags that were known are left out. */
  bases: ReadonlyMap<string, Basis>;
}

export interface State {
  revision: Revision;
  documents: Document[];
  bases: Look["bases"];
  /** How often the contents were read. */
  reads: number;
}

/**
 * A state that the master had as a whole: list of namespaces and ETags are equal before and after the read.
 *
 * @param first where the master is now
 * @throws {Stop} gate `whole` after three reads that were disturbed
 */
export async function read(master: Master, namespaces: string[] | undefined, first: Look): Promise<State> {
  let before = first;
  let seen = "";
  for (let reads = 1; reads <= READS; reads += 1) {
    const documents = await contents(master, before.listed).catch((error: Error) => torn(error));
    const etags = new Map(before.revision.namespaces.map(({ key, etag }) => [key, etag]));
    const after = await look(master, namespaces, (keys) => keys.map((key) => etags.get(key)));
    const moved = difference(before.revision, after.revision);
    const bases = new Map([...before.bases, ...after.bases]);
    if (!moved && Array.isArray(documents)) return { revision: after.revision, documents, bases, reads };
    seen = moved || String((documents as Torn).message);
    before = { ...after, bases };
  }
  throw refuse(
    "whole",
    `master "${master.url}" was not at rest in ${READS} reads: ${seen}; run again when fewer people write`,
  );
}

const torn = (error: Error): Torn => {
  if (error instanceof Torn) return error;
  throw error;
};

/**
 * Where the master is now: one request for the list and one a namespace.
 *
 * @param known ETags of an earlier look for these keys, as far as there are any
 */
export async function look(
  master: Master,
  namespaces: string[] | undefined,
  known: (keys: string[]) => (string | undefined)[],
): Promise<Look> {
  const all = await pages(master, "/api/v1/namespaces", "namespaces", "key");
  const present = all.map((namespace) => namespace.text("key"));
  const absent = namespaces?.filter((key) => !present.includes(key)) ?? [];
  if (absent.length > 0)
    throw misconfigured(`FLIPT_NAMESPACES names "${absent[0]}", but the master has only "${present.join('", "')}"`);
  const chosen = all.filter((namespace) => !namespaces || namespaces.includes(namespace.text("key")));
  const listed = chosen.toSorted((a, b) => (a.text("key") < b.text("key") ? -1 : 1));
  const earlier = known(listed.map((namespace) => namespace.text("key")));
  const found = await Promise.all(
    listed.map(async (namespace, index) => {
      const [key, name] = [namespace.text("key"), namespace.text("name")];
      const { etag, basis } = await master
        .snapshot(key, earlier[index])
        .catch((error: Stop) => explained(error, master, namespace));
      return { revision: { key, name, description: namespace.text("description"), etag }, basis };
    }),
  );
  const bases = found.flatMap(({ revision, basis }): [string, Basis][] => (basis ? [[revision.key, basis]] : []));
  return { listed, revision: { namespaces: found.map(({ revision }) => revision) }, bases: new Map(bases) };
}

/** A master that cannot tell what it evaluates has a reason: a flag that no sidecar would load either. */
async function explained(error: Stop, master: Master, namespace: Fields): Promise<never> {
  const reason = error.cause === 500 ? await content(master, namespace).catch((found: Error) => found) : undefined;
  throw reason instanceof Stop && reason.gate ? reason : error;
}

function difference(before: Revision, after: Revision): string {
  const earlier = new Map(before.namespaces.map((namespace) => [namespace.key, JSON.stringify(namespace)]));
  if (earlier.size !== after.namespaces.length) return `${earlier.size} namespaces, then ${after.namespaces.length}`;
  for (const namespace of after.namespaces) {
    if (earlier.get(namespace.key) !== JSON.stringify(namespace))
      return `namespace "${namespace.key}" changed meanwhile`;
  }
  return "";
}

function contents(master: Master, namespaces: Fields[]): Promise<Document[]> {
  const lane = lanes(NAMESPACES_AT_ONCE);
  return Promise.all(namespaces.map((namespace) => lane(() => content(master, namespace))));
}

async function content(master: Master, namespace: Fields): Promise<Document> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace.text("key"))}`;
  const flags = await pages(master, `${path}/flags`, "flags", "key");
  const [targeted, segments] = await Promise.all([
    Promise.all(flags.map((flag) => withTargets(master, path, flag))),
    pages(master, `${path}/segments`, "segments", "key"),
  ]);
  return namespaceDocument(namespace, targeted, segments.map(segmentDocument));
}

// a variant flag is evaluated by its rules alone, a boolean one by its rollouts alone
async function withTargets(master: Master, path: string, flag: Fields): Promise<DocumentFlag> {
  const kind = flag.word("type") === "BOOLEAN_FLAG_TYPE" ? "rollouts" : "rules";
  const address = `${path}/flags/${encodeURIComponent(flag.text("key"))}/${kind}`;
  return flagDocument(flag, await pages(master, address, "rules", "id"));
}
