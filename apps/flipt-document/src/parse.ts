import {
  Composer,
  type CST,
  isMap,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  type YAMLError,
  type Document as YamlDocument,
} from "yaml";
import { unifyBreaks } from "./breaks.ts";
import { checkReferences, checkShape } from "./check.ts";
import type { Complaint } from "./complaint.ts";
import type { Document } from "./document.ts";
import { NodeReader, Refusal } from "./node.ts";
import { readPlain } from "./plain-reader.ts";
import { loneSurrogate } from "./quote.ts";
import { settle } from "./settle.ts";
import { refuseToken } from "./token.ts";

export interface Parsed {
  /** What could be read: the documents of the right shape. Empty ones are left out. */
  documents: Document[];
  /** Empty if and only if Flipt v1.61.1 would load the text; Flipt shows those of the first document that has any. */
  complaints: Complaint[];
}

/** What Flipt's YAML refuses: it knows the tab, line breaks and printable characters only. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
export const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

const unreadable = (reason: string): Parsed => {
  return { documents: [], complaints: [{ document: 0, path: "", reason, kind: "yaml" }] };
};

// Flipt's YAML takes UTF-8, and UTF-16 behind a byte order mark.
function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads a stream of YAML (or JSON) documents by the rules of v1.61.1's loader, from its text or from the bytes of its
 * file. Never throws: what is wrong is a complaint. Stricter than Flipt in one respect: the lines of a quoted or
 * bracketed value that goes over several lines must be indented, as YAML 1.2 wants it. As in Flipt, references are looked at once every document has the right shape.
 */
export function parseStream(source: string | Uint8Array): Parsed {
  const text = typeof source === "string" ? source : decode(source);
  if (text === undefined) return unreadable("invalid leading UTF-8 octet");
  if (control.test(text)) return unreadable("control characters are not allowed");
  if (loneSurrogate.test(text)) return unreadable("invalid Unicode character");
  const unified = unifyBreaks(text);
  return readQuickly(unified) ?? readThoroughly(unified);
}

/** Most streams are plain and have nothing wrong; whatever else is left to the whole parser, which knows lines. */
function readQuickly(text: string): Parsed | undefined {
  const values = readPlain(text);
  if (!values) return undefined;
  const reads: Read[] = [];
  for (const value of values) {
    if (value !== undefined && checkShape(value, 0).length > 0) return undefined;
    reads.push(value === undefined ? { complaints: [] } : { document: settle(value as Document), complaints: [] });
  }
  return joined(reads);
}

/** The same by a whole YAML parser, for every stream. */
export function readThoroughly(text: string): Parsed {
  const lines = new LineCounter();
  const reads: Read[] = [];
  for (const source of sources(text, lines)) {
    const index = reads.length;
    reads.push(source instanceof Refusal ? refused(source, index, lines) : readDocument(source, text, index, lines));
  }
  return joined(reads);
}

function joined(reads: Read[]): Parsed {
  const documents = reads.flatMap(({ document }) => document ?? []);
  const complaints = reads.flatMap((read) => read.complaints);
  if (complaints.length > 0) return { documents, complaints };
  const places = reads.flatMap(({ document }, index) => (document ? index : []));
  const references = checkReferences(documents);
  return { documents, complaints: references.map((each) => ({ ...each, document: places[each.document] ?? 0 })) };
}

function* sources(text: string, lines: LineCounter): Generator<YamlDocument.Parsed | Refusal> {
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false });
  let previous: CST.Token | undefined;
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const refusal = refuseToken(token, previous);
    if (refusal) yield refusal;
    yield* composer.next(token) as Generator<YamlDocument.Parsed>;
    if (token.type !== "comment" && token.type !== "newline" && token.type !== "space") previous = token;
  }
  yield* composer.end() as Generator<YamlDocument.Parsed>;
}

type Read = { document?: Document; complaints: Complaint[] };

const refused = ({ message, offset }: Refusal, document: number, lines: LineCounter): Read => {
  return { complaints: [{ document, path: "", reason: message, line: lines.linePos(offset).line, kind: "yaml" }] };
};

function readDocument(source: YamlDocument.Parsed, text: string, index: number, lines: LineCounter): Read {
  const error = source.errors.find((each) => !isTolerated(each));
  if (error) return refused(new Refusal(error.message, error.pos[0]), index, lines);
  if (isEmpty(source)) return { complaints: [] };
  try {
    const value = new NodeReader(source, text).read(source.contents);
    const complaints = checkShape(value, index);
    if (complaints.length === 0) return { document: settle(value as Document), complaints };
    return { complaints: complaints.map((each) => ({ ...each, line: lineOf(source, each.path, lines) })) };
  } catch (error) {
    if (error instanceof Refusal) return refused(error, index, lines);
    throw error;
  }
}

// YAML 1.2 wants the end of a flow collection indented, Flipt's YAML does not.
const isTolerated = ({ code, message }: YAMLError): boolean =>
  code === "BAD_INDENT" && message.startsWith("Flow end indicator");

function isEmpty({ contents }: YamlDocument.Parsed): boolean {
  return contents === null || (!isMap(contents) && !isSeq(contents) && contents.range[0] === contents.range[1]);
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
