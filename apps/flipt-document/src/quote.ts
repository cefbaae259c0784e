import { exact, fits } from "./scalar.ts";

const plain = /^[A-Za-z/_](?:[\w ,.()/+&'-]*[\w,.()/+&'-])?$/;
const reserved = /^(?:null|true|false|yes|no|on|off|y|n)$/i;
// Beyond JSON's own escapes: what YAML takes as a line break, a byte order mark or not printable.
const special = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Half of a surrogate pair that stands alone: no UTF-8 has it. */
export const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const loneSurrogates = new RegExp(loneSurrogate, "g");

/** The string with U+FFFD in place of each half of a surrogate pair that stands alone, as UTF-8 needs it. */
export const wellFormed = (text: string): string => text.replace(loneSurrogates, "\ufffd");

/** A string as one YAML scalar on one line, plain only where no YAML version reads it as anything else. */
export function quote(text: string): string {
  if (plain.test(text) && !reserved.test(text)) return text;
  return JSON.stringify(wellFormed(text)).replace(
    special,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * A number as YAML that reads back as the same one: 64-bit integers exactly, other numbers beyond 2^53 as floats.
 * Throws a RangeError for NaN and infinities, which Flipt does not load.
 */
export function formatNumber(value: number | bigint): string {
  if (typeof value === "bigint") return fits(value) ? String(exact(value)) : Number(value).toExponential();
  if (!Number.isFinite(value))
    throw new RangeError(`cannot write the number ${value}: Flipt loads finite numbers only`);
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}
