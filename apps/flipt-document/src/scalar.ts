/**
 * A plain scalar that Flipt reads twice and differently: as text by its schema, as something else by its decoder.
 * A date (a string in RFC 3339 in attachments, refused in metadata), or a number such as `089` or `._5`.
 */
export class Twofold {
  readonly text: string;
  readonly value: string | number;
  constructor(text: string, value: string | number) {
    this.text = text;
    this.value = value;
  }
}

/** A number that no 64-bit integer or finite float holds; Flipt refuses it wherever a value may stand. */
export class Unrepresentable {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A number whose spelling one of Flipt's two decoders refuses, such as `1_` or `0B1`. */
export class Misspelt {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export type Scalar = string | number | bigint | boolean | null | Twofold | Unrepresentable | Misspelt;

const words = new Map<string, Scalar>([
  ...["", "~", "null", "Null", "NULL"].map((word): [string, Scalar] => [word, null]),
  ...["true", "True", "TRUE"].map((word): [string, Scalar] => [word, true]),
  ...["false", "False", "FALSE"].map((word): [string, Scalar] => [word, false]),
  ...[".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"].map(
    (word): [string, Scalar] => [word, new Unrepresentable(word)],
  ),
]);
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
const date = /^(\d{4})-(\d\d?)-(\d\d?)$/;
const moment =
  /^(\d{4})-(\d\d?)-(\d\d?)(?: +(\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?|[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?(Z|[-+]\d\d:\d\d))$/;

const largest = 2n ** 64n - 1n;
const smallest = -(2n ** 63n);

/** An integer as JavaScript keeps it exactly: a number up to 2^53, else a bigint. */
export const exact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** Whether a 64-bit integer, signed or not, holds it. */
export const fits = (value: bigint): boolean => value >= smallest && value <= largest;

/** What Flipt v1.61.1 reads in a plain scalar: YAML 1.1 without its `yes`/`on` booleans and base-60 numbers. */
export function resolve(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const digit = first >= 48 && first <= 57;
  if (!digit && first !== 43 && first !== 45 && first !== 46) return text;
  return (digit ? timestamp(text) : undefined) ?? number(text) ?? text;
}

function number(text: string): Scalar | undefined {
  const plain = text.replaceAll("_", "");
  const whole = integer.exec(plain);
  const value = whole ? wholeNumber(whole, text) : fraction(plain);
  if (value === undefined || value instanceof Unrepresentable) return value;
  // The schema's decoder knows neither a leading zero before 8 and 9 nor an underscore after the point.
  if (typeof value === "number" && (/^[-+]?0[0-9]+$/.test(plain) ? !whole : text.startsWith("._"))) {
    return new Twofold(text, value);
  }
  if (/^[-+]?0[OB]/.test(text)) return new Misspelt(`invalid number "${text}"`);
  return (/^[-+]?0x/i.test(text) ? /_(?![0-9a-fA-F_])/ : /_(?![0-9_])/).test(text)
    ? new Misspelt(`cannot decode "${text}": illegal '_' in number`)
    : value;
}

function wholeNumber([, sign, digits = ""]: RegExpExecArray, text: string): Scalar | undefined {
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === "-" ? -magnitude : magnitude;
  if (fits(value)) return exact(value);
  return digits.startsWith("0") ? text : new Unrepresentable(text);
}

function fraction(plain: string): number | undefined {
  const value = float.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function timestamp(text: string): Twofold | undefined {
  const match = date.exec(text) ?? moment.exec(text);
  if (!match) return undefined;
  const [year = "", month = "", day = "", ...rest] = match.slice(1);
  const [hours = "0", minutes = "0", seconds = "0", fraction = "", zone = "Z"] =
    rest[0] === undefined ? rest.slice(4) : rest.slice(0, 4);
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const clock = [hours, minutes, seconds].map((field) => field.padStart(2, "0")).join(":");
  const part = fraction.slice(0, 9).replace(/0+$/, "");
  const suffix = (part && `.${part}`) + (/^[-+]00:00$/.test(zone) ? "Z" : zone);
  return new Twofold(text, `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${clock}${suffix}`);
}

function isDay(year: number, month: number, day: number): boolean {
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
}
