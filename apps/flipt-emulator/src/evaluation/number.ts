const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/i;
const word = /^([+-]?)inf(inity)?$/i;

/**
 * A number as Go's `strconv.ParseFloat` reads it: decimal or hexadecimal with exponent, underscores between digits,
 * `Inf`, `NaN`; no white space, nothing beyond the range of a 64 bit float.
 */
export function parseFloat64(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = word.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const digits = text.includes("_") ? withoutUnderscores(text) : text;
  if (digits === undefined) return undefined;
  const value = decimal.test(digits) ? Number(digits) : parseHexadecimal(digits);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** An underscore stands between two digits, or between the `0x` and a digit. */
function withoutUnderscores(text: string): string | undefined {
  const digit = /^[+-]?0x/i.test(text) ? "[0-9a-fx]" : "[0-9]";
  const between = new RegExp(`(?<=${digit})_(?=${digit})`, "gi");
  const bare = text.replace(between, "");
  return bare.includes("_") ? undefined : bare;
}

function parseHexadecimal(text: string): number | undefined {
  const parts = hexadecimal.exec(text);
  if (!parts) return undefined;
  const [, sign, whole = "", fraction = "", exponent] = parts;
  if (whole + fraction === "") return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const scaled = scale(mantissa, Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -scaled : scaled;
}

/** `mantissa × 2^exponent` in two steps, since 2^exponent alone may leave the range. */
function scale(mantissa: number, exponent: number): number {
  if (mantissa === 0) return 0;
  const half = Math.trunc(exponent / 2);
  return mantissa * 2 ** half * 2 ** (exponent - half);
}
