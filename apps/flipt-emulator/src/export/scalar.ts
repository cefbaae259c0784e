import { untyped } from "./untyped.ts";

/** Where a scalar begins, and where its further lines do. */
export interface Place {
  column: number;
  indent: number;
}

/** A space beyond this column becomes a line break. */
const width = 80;
const escapes: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\u0085": "N",
  "\u2028": "L",
  "\u2029": "P",
};

const unprintable = /[^\n\x20-\x7e\u00a0-\ufefe\uff00-\ufffd]|[\ud800-\udfff]/;
const indicator = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?:\s|$)|---|\.\.\.)|:(?:[\s\u2028\u2029]|$)|\s#/;
const breaks = "\\n\\u2028\\u2029";
const breakBeforeSpace = new RegExp(`[${breaks}] `);
const spaceBeforeBreak = new RegExp(` [${breaks}]`);
const outerBlank = new RegExp(`^[ ${breaks}]|[ ${breaks}]$`);
const anyBreak = new RegExp(`[${breaks}]`);

/**
 * A string as the original's YAML writer lays it out (recorded): plain where it stays a string, else in single quotes,
 * a text of several lines as a literal block, the rest in double quotes.
 *
 * @param place nothing for a key, which stays on one line
 */
export function scalar(text: string, place?: Place): string {
  const quotable = !unprintable.test(text) && !spaceBeforeBreak.test(text);
  if (text.includes("\n")) return place && quotable && !text.endsWith(" ") ? literal(text, place) : double(text, place);
  if (untyped(text) || !quotable) return double(text, place);
  const plain = !outerBlank.test(text) && !anyBreak.test(text) && !indicator.test(text);
  if (plain) return folded(text, place);
  return breakBeforeSpace.test(text) ? double(text, place) : single(text, place);
}

/** Whether a key fits before a colon. */
export const isSimpleKey = (key: string): boolean => !anyBreak.test(key) && Buffer.byteLength(key) <= 128;

function literal(text: string, { indent }: Place): string {
  const pad = " ".repeat(indent);
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
  const body = text.replace(/\n$/, "").split("\n");
  return `|${hint}${chomp}\n${body.map((line) => (line === "" ? "" : pad + line)).join("\n")}`;
}

const single = (text: string, place?: Place): string => {
  const pad = " ".repeat(place?.indent ?? 0);
  const inner = text.replaceAll("'", "''").replace(/[\u2028\u2029]+(?![\u2028\u2029])(?!$)/g, (run) => run + pad);
  return folded(`'${inner}'`, place, 1);
};

function double(text: string, place?: Place): string {
  const inner = Array.from(text, (character) => {
    const short = escapes[character];
    if (short !== undefined) return `\\${short}`;
    return unprintable.test(character) ? numeric(character.codePointAt(0) ?? 0) : character;
  }).join("");
  return folded(`"${inner}"`, place, 1);
}

function numeric(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** @param quotes how many characters at each end belong to the style: a space next to them does not break */
function folded(text: string, place: Place | undefined, quotes = 0): string {
  if (!place || place.column + text.length <= width) return text;
  const pad = `\n${" ".repeat(place.indent)}`;
  const characters = [...text];
  let column = place.column;
  let spaces = false;
  return characters
    .map((character, index) => {
      const space = character === " ";
      const inside = index > quotes && index < characters.length - 1 - quotes;
      const next = characters[index + 1];
      const escaped = text.startsWith('"') && next === " ";
      const turn = space && !spaces && column > width && inside && (next !== " " || escaped);
      spaces = space;
      column = turn ? place.indent + (escaped ? 1 : 0) : column + 1;
      return turn ? `${pad}${escaped ? "\\" : ""}` : character;
    })
    .join("");
}
