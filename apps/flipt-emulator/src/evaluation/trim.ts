/** Unicode white space as Go's `strings.TrimSpace` sees it: with U+0085, without U+FEFF. */
const space = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ends = new RegExp(`^${space}|${space}$`, "g");

export const trim = (text: string): string => text.replace(ends, "");
