import { type Complaint, type Document, describe, mergeDocuments, parseStream } from "flipt-document";
import type { NamespaceState } from "../model.ts";
import { chainVersions } from "../snapshot/etag.ts";
import { byBytes } from "./attachment.ts";
import { emptyDefault, namespaceStateOf } from "./namespace-state.ts";
import type { SourceFile } from "./source.ts";

/** What is wrong with a source's documents. */
export interface FileComplaint extends Complaint {
  file: string;
}

/** Documents that v1.61.1 would not load. */
export class LoadError extends Error {
  readonly complaints: readonly FileComplaint[];

  constructor(complaints: readonly FileComplaint[]) {
    super(complaints.map((complaint) => describe(complaint, complaint.file)).join("\n"));
    this.complaints = complaints;
  }
}

interface Loaded {
  document: Document;
  version: string;
}

/**
 * Builds all namespaces of a source from its files, in the order given.
 *
 * @param time RFC 3339: when everything in them was created
 * @throws {LoadError}
 */
export function loadFiles(files: readonly SourceFile[], time: string): ReadonlyMap<string, NamespaceState> {
  const loaded = files.flatMap(parseFile);
  const states = mergeDocuments(loaded.map(({ document }) => document)).map((merged) => {
    const versions = merged.documents.flatMap((index) => loaded[index]?.version ?? []);
    return namespaceStateOf(merged, chainVersions(versions), time);
  });
  const all = states.some(({ namespace }) => namespace.key === "default") ? states : [emptyDefault(time), ...states];
  const sorted = all.sort((left, right) => byBytes(left.namespace.key, right.namespace.key));
  return new Map(sorted.map((state) => [state.namespace.key, state]));
}

function parseFile({ name, text, version }: SourceFile): Loaded[] {
  const { documents, complaints } = parseStream(text);
  if (complaints.length > 0) throw new LoadError(complaints.map((complaint) => ({ ...complaint, file: name })));
  return documents.map((document) => ({ document, version }));
}
