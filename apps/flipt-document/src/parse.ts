import {
  isMap,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLParseError,
  type Document as YamlDocument,
} from "yaml";
import { checkReferences, checkShape } from "./check.ts";
import type { Complaint } from "./complaint.ts";
import type { Document } from "./document.ts";
import { Refusal, readNode } from "./node.ts";
import { settle } from "./settle.ts";

export interface Parsed {
  /** What could be read: the documents of the right shape. Empty ones are left out. */
  documents: Document[];
  /** Empty if and only if Flipt v1.61.1 would load the text. */
  complaints: Complaint[];
}

/**
 * Reads a stream of YAML (or JSON) documents by the rules of v1.61.1's loader. Never throws: what is wrong is a
 * complaint. As in Flipt, references are looked at once every document has the right shape.
 */
export function parseStream(text: string): Parsed {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    schema: "failsafe",
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  const sources = Array.isArray(parsed) ? parsed : [];
  const documents: Document[] = [];
  const complaints: Complaint[] = [];
  for (const [index, source] of sources.entries()) {
    const read = readDocument(source, index, lines);
    if (read.document) documents.push(read.document);
    complaints.push(...read.complaints);
  }
  return { documents, complaints: complaints.length > 0 ? complaints : checkReferences(documents) };
}

type Read = { document?: Document; complaints: Complaint[] };

function readDocument(source: YamlDocument.Parsed, index: number, lines: LineCounter): Read {
  const [error] = source.errors;
  if (error) return { complaints: [yamlComplaint(error, index, lines)] };
  if (isEmpty(source)) return { complaints: [] };
  try {
    const value = readNode(source.contents, source);
    const complaints = checkShape(value, index).map((complaint) => ({
      ...complaint,
      line: lineOf(source, complaint.path, lines),
    }));
    if (complaints.length > 0) return { complaints };
    return { document: settle(value as Document), complaints: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { complaints: [yamlComplaint(error, index, lines)] };
  }
}

function isEmpty({ contents }: YamlDocument.Parsed): boolean {
  return (
    contents === null ||
    (contents.range !== undefined && contents.range[0] === contents.range[1] && !isMap(contents) && !isSeq(contents))
  );
}

function yamlComplaint(error: YAMLParseError | Refusal, document: number, lines: LineCounter): Complaint {
  const at = error instanceof Refusal ? error.offset : error.pos[0];
  return { document, path: "", reason: error.message, line: lines.linePos(at).line, kind: "yaml" };
}

/** The line of a path, or of the nearest node above it that is there. */
function lineOf(source: YamlDocument.Parsed, path: string, lines: LineCounter): number {
  let node: Node | null = source.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path.split(".")) {
    if (!isMap(node) && !isSeq(node)) break;
    const next: unknown = node.get(isSeq(node) ? Number(step) : step, true);
    if (typeof next !== "object" || next === null) break;
    node = next as Node;
    offset = node.range?.[0] ?? offset;
  }
  return lines.linePos(offset).line;
}
