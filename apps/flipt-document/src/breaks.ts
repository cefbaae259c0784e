import { Lexer } from "yaml";

const others = /[\u0085\u2028\u2029]/;
const everyOther = new RegExp(others, "g");
/** What the lexer says of a text beside its parts. */
const marks = new Set(["\u0002", "\u0018", "\u001f"]);

/**
 * The text with a line feed in place of the line breaks that YAML 1.1 knows beside it and YAML 1.2 does not. Within quotes
 * U+0085 is folded like a line feed, while U+2028 and U+2029 stay and lose the blanks around them (recorded from v1.61.1).
 */
export function unifyBreaks(text: string): string {
  if (!others.test(text)) return text;
  let unified = "";
  // brackets that are open: among them a line break is a blank
  let depth = 0;
  for (const part of new Lexer().lex(text)) {
    if (marks.has(part)) continue;
    // a quoted text that goes on in the next line has to be indented there
    const column = unified.length - unified.lastIndexOf("\n");
    if (part === "[" || part === "{") depth += 1;
    if (part === "]" || part === "}") depth -= 1;
    if (/^["']/.test(part)) unified += unifyQuoted(part, " ".repeat(column));
    else unified += part.replace(everyOther, depth > 0 && !part.startsWith("#") ? " " : "\n");
  }
  return unified;
}

const unifyQuoted = (part: string, indent: string): string =>
  part
    .replace(/\\[\u0085\u2028\u2029][ \t]*/g, "")
    .replace(/[ \t]*([\u2028\u2029])[ \t]*/g, "$1")
    .replaceAll("\u0085", `\n${indent}`);
