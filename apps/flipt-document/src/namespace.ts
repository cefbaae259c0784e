import type { Document, DocumentFlag, DocumentRule, DocumentSegment } from "./document.ts";

/** The namespace of a document: `default` unless it names one. */
export function namespaceKey(document: Document): string {
  const { namespace } = document;
  return (typeof namespace === "string" ? namespace : namespace?.key) ?? "default";
}

/** Flags per namespace; a key that appears twice counts once. */
export function countFlags(documents: Document[]): Map<string, number> {
  return new Map(mergeDocuments(documents).map(({ key, flags }) => [key, flags.length]));
}

/** A flag of the merged state: what evaluates, and what the rules API lists. */
export interface MergedFlag {
  /** The last definition: evaluation and snapshot know only this. */
  flag: DocumentFlag;
  /** The rules of all definitions, in order: the list of rules shows them all (recorded from v1.61.1). */
  listedRules: DocumentRule[];
}

/** All documents of one namespace, merged as v1.61.1's loader merges them. */
export interface NamespaceDocument {
  key: string;
  /** Of the first document of the namespace. */
  name?: string;
  description?: string;
  /** In order of first appearance. */
  flags: MergedFlag[];
  segments: DocumentSegment[];
  /** Which of the documents given, 0-based. */
  documents: number[];
}

/**
 * Groups documents by namespace, in order of first appearance. The first document's name and description stay; a later
 * flag or segment of the same key replaces the earlier one. `default` is there only if a document belongs to it.
 */
export function mergeDocuments(documents: Document[]): NamespaceDocument[] {
  const namespaces = new Map<string, Merging>();
  for (const [index, document] of documents.entries()) {
    const key = namespaceKey(document);
    const merging = namespaces.get(key) ?? begin(document, key);
    namespaces.set(key, merging);
    merging.documents.push(index);
    for (const segment of document.segments ?? []) merging.segments.set(segment.key, segment);
    for (const flag of document.flags ?? []) {
      const listedRules = merging.flags.get(flag.key)?.listedRules ?? [];
      listedRules.push(...(flag.rules ?? []));
      merging.flags.set(flag.key, { flag, listedRules });
    }
  }
  return [...namespaces.values()].map(({ flags, segments, ...rest }) => ({
    ...rest,
    flags: [...flags.values()],
    segments: [...segments.values()],
  }));
}

type Merging = Omit<NamespaceDocument, "flags" | "segments"> & {
  flags: Map<string, MergedFlag>;
  segments: Map<string, DocumentSegment>;
};

function begin(document: Document, key: string): Merging {
  const { name, description } = typeof document.namespace === "object" ? document.namespace : {};
  return {
    key,
    ...(name && { name }),
    ...(description && { description }),
    documents: [],
    flags: new Map(),
    segments: new Map(),
  };
}
