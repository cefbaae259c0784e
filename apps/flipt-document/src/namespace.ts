import type { Document, DocumentFlag, DocumentRollout, DocumentRule, DocumentSegment } from "./document.ts";

/**
 * The namespace of a document: `default` when it has none. An object without a key is a namespace whose key is empty
 * (recorded from v1.61.1).
 */
export function namespaceKey({ namespace = "default" }: Document): string {
  return typeof namespace === "string" ? namespace : (namespace.key ?? "");
}

/** Flags per namespace; a key that appears twice counts once. */
export function countFlags(documents: Document[]): Map<string, number> {
  return new Map(mergeDocuments(documents).map(({ key, flags }) => [key, flags.length]));
}

/** A flag of the merged state: what evaluates, and what the management API lists. */
export interface MergedFlag {
  /** The last definition: evaluation and snapshot know only this. */
  flag: DocumentFlag;
  /** The rules of all definitions by their rank in their own: the API lists them all. */
  listedRules: Ranked<DocumentRule>[];
  listedRollouts: Ranked<DocumentRollout>[];
}

/** With its 1-based place in the definition that it comes from. */
export type Ranked<Item> = Item & { rank: number };

const ranked = <Item>(items: Item[] = []): Ranked<Item>[] => items.map((item, index) => ({ ...item, rank: index + 1 }));

/** All documents of one namespace, merged as v1.61.1's loader merges them. */
export interface NamespaceDocument {
  key: string;
  /**
   * Of the first document of the namespace: a namespace given as a string is named by its key, an object without a
   * name has none. For `default` v1.61.1 serves `Default` and no description, whatever stands here.
   */
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
      const { listedRules = [], listedRollouts = [] } = merging.flags.get(flag.key) ?? {};
      listedRules.push(...ranked(flag.rules));
      listedRollouts.push(...ranked(flag.rollouts));
      merging.flags.set(flag.key, { flag, listedRules, listedRollouts });
    }
  }
  return [...namespaces.values()].map(({ flags, segments, ...rest }) => ({
    ...rest,
    flags: [...flags.values()].map(({ flag, listedRules, listedRollouts }) => {
      return { flag, listedRules: byRank(listedRules), listedRollouts: byRank(listedRollouts) };
    }),
    segments: [...segments.values()],
  }));
}

type Merging = Omit<NamespaceDocument, "flags" | "segments"> & {
  flags: Map<string, MergedFlag>;
  segments: Map<string, DocumentSegment>;
};

function begin({ namespace = "default" }: Document, key: string): Merging {
  const { name, description } = typeof namespace === "string" ? { name: nameOf(key) } : namespace;
  const given = { ...(name && { name }), ...(description && { description }) };
  return { key, ...given, documents: [], flags: new Map(), segments: new Map() };
}

const nameOf = (key: string): string => (key === "default" ? "Default" : key);

// By rank over all definitions, as v1.61.1 lists them.
const byRank = <Item>(items: Ranked<Item>[]): Ranked<Item>[] => items.sort((left, right) => left.rank - right.rank);
