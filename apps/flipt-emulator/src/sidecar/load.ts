import { posix } from "node:path";
import { type Complaint, checkDocuments, type Document, describe, mergeDocuments, parseStream } from "flipt-document";
import { scanValues } from "../http/scan.ts";
import type { NamespaceState } from "../model.ts";
import { byBytes } from "../order.ts";
import { chainVersions } from "../snapshot/etag.ts";
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
  file: string;
}

/**
 * Builds all namespaces of a source from its files, in the order given.
 *
 * @param time RFC 3339: when everything in them was created
 * @throws {LoadError} for the content of a file
 * @throws {Error} for a file that is none of YAML or JSON by its name
 */
export function loadFiles(files: readonly SourceFile[], time: string): ReadonlyMap<string, NamespaceState> {
  const parsed = files.map(parseFile);
  const loaded = parsed.flatMap(({ documents }) => documents);
  if (parsed.some(({ doubtful }) => doubtful)) checkReferences(loaded);
  const states = mergeDocuments(loaded.map(({ document }) => document)).map((merged) => {
    const versions = merged.documents.flatMap((index) => loaded[index]?.version ?? []);
    return namespaceStateOf(merged, chainVersions(versions), time);
  });
  const all = states.some(({ namespace }) => namespace.key === "default") ? states : [emptyDefault(time), ...states];
  const sorted = all.sort((left, right) => byBytes(left.namespace.key, right.namespace.key));
  return new Map(sorted.map((state) => [state.namespace.key, state]));
}

const extensions = new Set([".yml", ".yaml", ".json"]);

interface Parsed {
  documents: Loaded[];
  /** Whether a reference leads out of the file: an earlier file may have what it names. */
  doubtful: boolean;
}

function parseFile({ name, text, version }: SourceFile): Parsed {
  const extension = posix.extname(name);
  if (!extensions.has(extension)) throw new Error(`unexpected extension: "${extension}"`);
  if (extension === ".json") Array.from(scanValues(text));
  const { documents, complaints } = parseStream(text);
  const refused = complaints.filter(({ kind }) => kind !== "reference");
  if (refused.length > 0) throw new LoadError(refused.map((complaint) => ({ ...complaint, file: name })));
  const loaded = documents.map((document) => ({ document, version, file: name }));
  return { documents: loaded, doubtful: complaints.length > 0 };
}

function checkReferences(loaded: readonly Loaded[]): void {
  const complaints = checkDocuments(loaded.map(({ document }) => document));
  if (complaints.length === 0) return;
  throw new LoadError(complaints.map((complaint) => ({ ...complaint, file: loaded[complaint.document]?.file ?? "" })));
}
