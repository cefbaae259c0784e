/**
 * A pattern as v1.61.1 reads it in `.flipt.yml` (recorded): `*` and `?` also match `/` and a leading dot; `[a-z]`,
 * `[!a]`, `{a,b}` and `\` work as usual.
 *
 * @param field what the pattern stands under
 * @throws {Error} for a class that does not end; an alternative that does not end reaches to the end
 */
export function glob(pattern: string, field: string): RegExp {
  let source = "";
  let depth = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === "*") source += "[^]*";
    else if (character === "?") source += "[^]";
    else if (character === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) throw new Error(`compiling ${field} glob: unexpected end of input`);
      source += characterClass(pattern.slice(at + 1, end));
      at = end;
    } else if (character === "{") {
      depth += 1;
      source += "(?:";
    } else if (character === "}" && depth > 0) {
      depth -= 1;
      source += ")";
    } else if (character === "," && depth > 0) source += "|";
    else if (character === "\\") {
      at += 1;
      source += literal(pattern.charAt(at));
    } else source += literal(character);
  }
  return new RegExp(`^${source}${")".repeat(depth)}$`, "u");
}

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

function characterClass(inside: string): string {
  const negated = inside.startsWith("!");
  const characters = (negated ? inside.slice(1) : inside).replace(/[\\\]^[]/g, "\\$&");
  return `[${negated ? "^" : ""}${characters}]`;
}
