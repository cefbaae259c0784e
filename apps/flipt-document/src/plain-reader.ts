import { resolve, Twofold } from "./scalar.ts";

// What formatStream writes and what Flipt exports for the most part: a key is a word or in double quotes, a scalar is plain
// without indicators, a number, in double quotes without escapes that JSON and YAML read differently, or an empty collection.
const field = /^([A-Za-z_][\w-]*|"(?:[^"\\]|\\.)*"):(?: (.*))?$/;
const word = /^[A-Za-z/_](?:[\w ,.()/+&'-]*[\w,.()/+&'-])?$/;
const amount = /^-?\d+(?:\.\d+)?(?:e[-+]\d+)?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has no control characters within quotes
const quoted = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*"$/;

class Beyond extends Error {}
const beyond = (): never => {
  throw new Beyond();
};

/**
 * Reads a stream of plain block YAML some ten times faster, and in less memory, than a whole YAML parser; gives undefined
 * when any line is beyond that. An empty document is undefined.
 */
export function readPlain(text: string): unknown[] | undefined {
  try {
    const reader = new PlainReader(text);
    return reader.documents();
  } catch (error) {
    if (error instanceof Beyond) return undefined;
    throw error;
  }
}

class PlainReader {
  readonly #lines: string[];
  #next = 0;
  /** Of the line to read: without its indent, `undefined` at the end of a document. */
  #content: string | undefined;
  #indent = 0;

  constructor(text: string) {
    this.#lines = text.split("\n");
  }

  documents(): unknown[] {
    const values: unknown[] = [];
    this.#advance();
    if (this.#content !== undefined) values.push(this.#document());
    while (this.#next <= this.#lines.length) {
      this.#advance();
      values.push(this.#content === undefined ? undefined : this.#document());
    }
    return values;
  }

  #document(): unknown {
    const value = this.#indent === 0 ? this.#collection(0) : beyond();
    return this.#content === undefined ? value : beyond();
  }

  /** Goes to the next line that is neither blank nor a comment, and past a separator. */
  #advance(): void {
    this.#content = undefined;
    while (this.#next < this.#lines.length) {
      const line = this.#lines[this.#next++] ?? "";
      if (line === "---") return;
      const content = line.replace(/^ +/, "");
      if (content === "" || content.startsWith("#")) continue;
      this.#indent = line.length - content.length;
      this.#content = content;
      return;
    }
    this.#next = this.#lines.length + 1;
  }

  #collection(indent: number): unknown {
    return isItem(this.#content) ? this.#items(indent) : this.#fields(indent);
  }

  #fields(indent: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    while (this.#content !== undefined && this.#indent === indent && !isItem(this.#content)) {
      const [, name = "", rest] = field.exec(this.#content) ?? beyond();
      const key = name.startsWith('"') ? quotedText(name) : typeof resolve(name) === "string" ? name : beyond();
      if (Object.hasOwn(fields, key) || key === "__proto__" || key.length > 500) beyond();
      this.#advance();
      fields[key] = rest === undefined ? this.#below(indent) : scalar(rest);
      if (this.#content !== undefined && this.#indent > indent) beyond();
    }
    return fields;
  }

  #below(indent: number): unknown {
    if (this.#content === undefined) return null;
    if (this.#indent > indent) return this.#collection(this.#indent);
    return this.#indent === indent && isItem(this.#content) ? this.#items(indent) : null;
  }

  #items(indent: number): unknown[] {
    const items: unknown[] = [];
    while (this.#indent === indent && isItem(this.#content)) {
      const rest: string = this.#content.slice(2);
      if (rest === "") beyond();
      if (isItem(rest) || field.test(rest)) {
        this.#indent = indent + 2;
        this.#content = rest;
        items.push(this.#collection(this.#indent));
      } else {
        this.#advance();
        items.push(scalar(rest));
      }
      if (this.#content !== undefined && this.#indent > indent) beyond();
    }
    return items;
  }
}

const isItem = (content: string | undefined): content is string => content?.startsWith("- ") ?? false;
const quotedText = (text: string): string => (quoted.test(text) ? JSON.parse(text) : beyond());

function scalar(text: string): unknown {
  if (text.startsWith('"')) return quotedText(text);
  if (text === "[]") return [];
  if (text === "{}") return {};
  if (!word.test(text) && !amount.test(text)) beyond();
  const value = resolve(text);
  return value instanceof Twofold || (typeof value === "object" && value !== null) ? beyond() : value;
}
