import { readFileSync } from "node:fs";

/** A text that the emulator words in its own way, mostly because the original's comes from a Go library. */
export interface Difference {
  what: string;
  /** Where the original's text comes from. */
  source: string;
  flipt: string;
  emulator: string;
  /** Names of the recorded command line cases that it shows in. */
  cases?: string[];
  /** A command that it shows in, with the files of its folder. */
  args?: string[];
  files?: Record<string, string>;
}

export const differences = (): Difference[] =>
  JSON.parse(readFileSync(new URL("../differences.json", import.meta.url), "utf8"));

/** The list as README shows it: the first lines of texts that have several. */
export function table(list: readonly Difference[]): string {
  const rows = list.map(({ what, source, flipt, emulator }) => [what, source, short(flipt), short(emulator)]);
  const head = ["", "from", "Flipt v1.61.1", "here"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Without the lines that all schema complaints share; `…` for what follows. */
function short(text: string): string {
  const lines = text
    .replace(/^Validation failed!\n\n- Message {2}: /, "")
    .trimEnd()
    .split("\n");
  const more = lines.some((line) => line.startsWith("- Message"));
  return `\`${(lines[0] ?? "").replaceAll("|", "\\|")}\`${more ? " …" : ""}`;
}
