import { invalid } from "../fault.ts";

const unfinished = "unexpected EOF";
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d]);
const escapes = new Set([...'bfnrt\\/"'].map((character) => character.charCodeAt(0)));
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isHex = (byte: number | undefined): boolean =>
  byte !== undefined && /[0-9a-fA-F]/.test(String.fromCharCode(byte));

/**
 * The offset behind the first JSON value of a body.
 *
 * @throws {Fault} 400 in the words of Go's decoder, as recorded from v1.61.1
 */
export function scanValue(bytes: Buffer, start = 0): number {
  const at = skip(bytes, start);
  const byte = bytes[at];
  if (byte === 0x7b) return scanObject(bytes, at + 1);
  if (byte === 0x5b) return scanArray(bytes, at + 1);
  if (byte === 0x22) return scanString(bytes, at + 1);
  if (byte === 0x2d || isDigit(byte)) return scanNumber(bytes, at);
  if (byte === 0x74) return scanWord(bytes, at, "true");
  if (byte === 0x66) return scanWord(bytes, at, "false");
  if (byte === 0x6e) return scanWord(bytes, at, "null");
  throw unexpected(byte, "looking for beginning of value");
}

/**
 * The texts of all JSON values that stand in a text one behind the other.
 *
 * @throws {Fault} as `scanValue`, when the iteration comes to it
 */
export function* scanValues(text: string): Generator<string> {
  const bytes = Buffer.from(text);
  for (let at = skip(bytes, 0); at < bytes.length; at = skip(bytes, at)) {
    const start = at;
    at = scanValue(bytes, start);
    yield bytes.subarray(start, at).toString();
  }
}

/**
 * The one JSON value that a number in quotes has to be, blanks around it aside.
 *
 * @throws {Fault} as `scanValue`, also for what follows the value
 */
export function scanNumeral(text: string): string {
  // Go reads what stands between the quotes, escapes and all, and tells its end by a blank
  const bytes = Buffer.from(`${JSON.stringify(text).slice(1, -1)} `);
  try {
    const end = scanValue(bytes);
    const rest = skip(bytes, end);
    if (rest < bytes.length) throw unexpected(bytes[rest], "after top-level value");
    return bytes.subarray(0, end).toString().trim();
  } catch (error) {
    throw (error as Error).message === unfinished ? invalid("unexpected end of JSON input") : error;
  }
}

function scanObject(bytes: Buffer, start: number): number {
  let at = skip(bytes, start);
  if (bytes[at] === 0x7d) return at + 1;
  for (;;) {
    if (bytes[at] !== 0x22) throw unexpected(bytes[at], "looking for beginning of object key string");
    at = skip(bytes, scanString(bytes, at + 1));
    if (bytes[at] !== 0x3a) throw unexpected(bytes[at], "after object key");
    at = skip(bytes, scanValue(bytes, at + 1));
    if (bytes[at] === 0x7d) return at + 1;
    if (bytes[at] !== 0x2c) throw unexpected(bytes[at], "after object key:value pair");
    at = skip(bytes, at + 1);
  }
}

function scanArray(bytes: Buffer, start: number): number {
  let at = skip(bytes, start);
  if (bytes[at] === 0x5d) return at + 1;
  for (;;) {
    at = skip(bytes, scanValue(bytes, at));
    if (bytes[at] === 0x5d) return at + 1;
    if (bytes[at] !== 0x2c) throw unexpected(bytes[at], "after array element");
    at += 1;
  }
}

function scanString(bytes: Buffer, start: number): number {
  for (let at = start; ; at += 1) {
    const byte = bytes[at];
    if (byte === 0x22) return at + 1;
    if (byte === undefined || byte < 0x20) throw unexpected(byte, "in string literal");
    if (byte === 0x5c) at = scanEscape(bytes, at + 1);
  }
}

/** The offset of the last byte of an escape. */
function scanEscape(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte !== undefined && escapes.has(byte)) return at;
  if (byte !== 0x75) throw unexpected(byte, "in string escape code");
  for (let digit = at + 1; digit <= at + 4; digit += 1) {
    if (!isHex(bytes[digit])) throw unexpected(bytes[digit], "in \\u hexadecimal character escape");
  }
  return at + 4;
}

function scanNumber(bytes: Buffer, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  if (!isDigit(bytes[at])) throw unexpected(bytes[at], "in numeric literal");
  at = bytes[at] === 0x30 ? at + 1 : skipDigits(bytes, at);
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[at + 1])) throw unexpected(bytes[at + 1], "after decimal point in numeric literal");
    at = skipDigits(bytes, at + 1);
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at += bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 2 : 1;
    if (!isDigit(bytes[at])) throw unexpected(bytes[at], "in exponent of numeric literal");
    at = skipDigits(bytes, at);
  }
  return at;
}

function scanWord(bytes: Buffer, start: number, word: string): number {
  for (let index = 1; index < word.length; index += 1) {
    if (bytes[start + index] === word.charCodeAt(index)) continue;
    throw unexpected(bytes[start + index], `in literal ${word} (expecting '${word[index]}')`);
  }
  return start + word.length;
}

function skip(bytes: Buffer, start: number): number {
  let at = start;
  while (spaces.has(bytes[at] ?? 0)) at += 1;
  return at;
}

function skipDigits(bytes: Buffer, start: number): number {
  let at = start;
  while (isDigit(bytes[at])) at += 1;
  return at;
}

/** Go quotes the byte, not the character, it stumbles over. */
function unexpected(byte: number | undefined, where: string): Error {
  if (byte === undefined) return invalid(unfinished);
  return invalid(`invalid character ${quoteByte(byte)} ${where}`);
}

function quoteByte(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === 0x5c) return "'\\\\'";
  const short = { 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }[byte];
  if (short) return `'${short}'`;
  const hex = byte.toString(16).padStart(2, "0");
  if (byte < 0x20 || byte === 0x7f) return `'\\x${hex}'`;
  if ((byte > 0x7f && byte < 0xa1) || byte === 0xad) return `'\\u00${hex}'`;
  return `'${String.fromCharCode(byte)}'`;
}
