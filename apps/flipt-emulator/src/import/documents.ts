import { control, resolveScalar, Twofold, unifyBreaks } from "flipt-document";
import { isScalar, LineCounter, parseAllDocuments, type ScalarTag, type Tags } from "yaml";
import { Fault } from "../fault.ts";
import { scanValues } from "../http/scan.ts";

/** A scalar that YAML reads as a number, a boolean or a time, with the text it is written as: a string field takes the text. */
export class Typed {
  readonly text: string;
  readonly value: number | bigint | boolean | Date;

  constructor(text: string, value: number | bigint | boolean | Date) {
    this.text = text;
    this.value = value;
  }

  /** As a mapping key. */
  toString(): string {
    return this.text;
  }
}

const keepsText = (tag: ScalarTag): ScalarTag => ({
  ...tag,
  resolve(text, onError, options) {
    const value = tag.resolve(text, onError, options);
    return new Typed(text, (isScalar(value) ? value.value : value) as Typed["value"]);
  },
});

const timestamp: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  test: /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/,
  resolve: (text) => new Typed(text, new Date(text)),
};

/** Spellings of numbers that YAML 1.2 does not know, such as `1_000` and `0777`. */
const numbers: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?!_)(?=[\d_.]*\d)[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?[\d_]+)?)$/,
  resolve(text) {
    const value = resolveScalar(text);
    if (typeof value === "number" || typeof value === "bigint") return new Typed(text, value);
    return value instanceof Twofold && typeof value.value === "number" ? new Typed(text, value.value) : text;
  },
};

const kept = new Set(["tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"]);

const customTags = (tags: Tags): Tags => [
  numbers,
  ...tags.map((tag) => (typeof tag === "object" && kept.has(tag.tag) ? keepsText(tag as ScalarTag) : tag)),
  timestamp,
];

/** Documents in the order of their stream, and what it was written in: JSON is read more strictly. */
export interface Documents {
  format: "yaml" | "json";
  documents: Iterable<unknown>;
}

/** The documents of a file or of another input, by its name. */
export const readDocuments = (text: string, name: string): Documents =>
  name.endsWith(".json")
    ? { format: "json", documents: readJson(text) }
    : { format: "yaml", documents: readYaml(text) };

/**
 * The documents of a stream one by one: what stands before a broken one can be used.
 *
 * @throws {Error} one line, when the iteration comes to what is no YAML
 */
function* readYaml(text: string): Generator<unknown> {
  if (control.test(text)) throw new Error("unmarshalling document: yaml: control characters are not allowed");
  const lineCounter = new LineCounter();
  const options = {
    customTags,
    intAsBigInt: true,
    merge: true,
    lineCounter,
    prettyErrors: false,
    logLevel: "error",
  } as const;
  for (const document of parseAllDocuments(unifyBreaks(text), options)) {
    const [error] = document.errors;
    if (error) {
      throw new Error(
        `unmarshalling document: yaml: line ${lineCounter.linePos(error.pos[0]).line}: ${error.message}`,
        { cause: error },
      );
    }
    yield document.toJS();
  }
}

/**
 * The documents of a JSON file, one behind the other; a first line that begins with `#` is a comment, as an export writes it.
 *
 * @throws {Error} one line, when the iteration comes to what is no JSON
 */
function* readJson(text: string): Generator<unknown> {
  if (text === "") throw new Error("EOF");
  try {
    for (const value of scanValues(text.replace(/^#.*\n?/, ""))) yield JSON.parse(value);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Error(`unmarshalling document: ${error.message}`, { cause: error });
  }
}
