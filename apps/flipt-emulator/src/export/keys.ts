const isLetter = (character: string): boolean => /\p{L}/u.test(character);
const isDigit = (character: string | undefined): boolean => character !== undefined && /\p{Nd}/u.test(character);

/** The order in which the original's YAML writer sorts the keys of a map (recorded): numbers by value, letters last. */
export function byNature(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  const at = a.findIndex((character, index) => character !== b[index]);
  const [x, y] = [a[at], b[at]];
  if (at < 0 || x === undefined || y === undefined) return a.length - b.length;
  const [letterX, letterY] = [isLetter(x), isLetter(y)];
  if (letterX !== letterY) return letterX ? 1 : -1;
  if (letterX) return byCode(x, y);
  const [numberA, numberB] = [number(a, at), number(b, at)];
  return numberA.value - numberB.value || numberA.length - numberB.length || byCode(x, y);
}

const byCode = (left: string, right: string): number => (left.codePointAt(0) ?? 0) - (right.codePointAt(0) ?? 0);

/** The digits from here on; zeros behind other digits count as these do. */
function number(text: string[], at: number): { value: number; length: number } {
  let end = at;
  while (isDigit(text[end])) end += 1;
  let start = at;
  while (isDigit(text[start - 1])) start -= 1;
  const lead = text.slice(start, at).some((digit) => digit !== "0") ? "1" : "";
  return { value: Number(lead + text.slice(at, end).join("") || "0"), length: end };
}
