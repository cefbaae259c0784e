import type { Document } from "../document.ts";
import { mergeDocuments, type NamespaceDocument } from "../namespace.ts";
import type { FoundFlag, FoundSegment } from "./found.ts";
import { at, type Send } from "./master.ts";
import { mark, placeFlag, placeSegment } from "./place.ts";

/** What an import has found and done, as names: `flag "default/dark-mode"`. */
export interface Imported {
  /** Are whole now, by this import. */
  made: Set<string>;
  /** Were there, whole: not touched. */
  kept: Set<string>;
}

/**
 * Brings documents into a master: makes what is absent, completes what an earlier run has begun, leaves alone what was
 * there. Each object that it makes is read back and compared before its mark goes. May be run any number of times, but
 * not by two at once.
 *
 * @param imported what earlier tries have done; this one is noted there
 * @throws {Refusal} when the master refuses an object, or holds another one than was written
 */
export async function importDocuments(documents: Document[], send: Send, imported: Imported): Promise<void> {
  for (const namespace of mergeDocuments(documents)) {
    const { key, name = key, description = "", flags, segments } = namespace;
    if (!(await send("GET", at(key)))) await send("POST", "/api/v1/namespaces", { key, name, description });
    const found = await list(send, key);
    for (const wanted of segments) {
      const label = `segment "${key}/${wanted.key}"`;
      const there = found.segments.get(wanted.key);
      if (there && isWhole(there)) keep(imported, label);
      else await placeSegment(send, key, label, wanted, there).then(() => imported.made.add(label));
    }
    for (const { flag } of flags) {
      const label = `flag "${key}/${flag.key}"`;
      const there = found.flags.get(flag.key);
      if (there && isWhole(there)) keep(imported, label);
      else await placeFlag(send, key, label, flag, there).then(() => imported.made.add(label));
    }
    await insistOnAll(send, namespace);
  }
}

const isWhole = ({ description }: { description: string }): boolean => description !== mark;

function keep({ made, kept }: Imported, label: string): void {
  if (!made.has(label)) kept.add(label);
}

async function list(send: Send, namespace: string) {
  const [flags, segments] = (await Promise.all([
    send("GET", at(namespace, "flags")),
    send("GET", at(namespace, "segments")),
  ])) as [{ flags: FoundFlag[] } | undefined, { segments: FoundSegment[] } | undefined];
  return {
    flags: new Map(flags?.flags.map((flag) => [flag.key, flag])),
    segments: new Map(segments?.segments.map((segment) => [segment.key, segment])),
  };
}

/** Looks at the whole once more: everything is there, and nothing bears the mark. */
async function insistOnAll(send: Send, { key, flags, segments }: NamespaceDocument): Promise<void> {
  const found = await list(send, key);
  for (const { flag } of flags) insist(`flag "${key}/${flag.key}"`, found.flags.get(flag.key));
  for (const segment of segments) insist(`segment "${key}/${segment.key}"`, found.segments.get(segment.key));
}

function insist(label: string, found: { description: string } | undefined): void {
  if (!found) throw new Error(`${label} was imported and is not on the master: has somebody removed it?`);
  if (!isWhole(found)) throw new Error(`${label} is not whole yet: does another import run?`);
}
