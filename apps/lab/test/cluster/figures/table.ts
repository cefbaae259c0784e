/** One row: what was measured, and what it may be at most. */
export interface Figure {
  figure: string;
  mode: string;
  /** For people, with its unit. */
  seen: string;
  limit: string;
  verdict: Verdict;
}

export type Verdict = "ok" | "beyond" | "not seen";

const columns = ["figure", "mode", "seen", "limit", "verdict"] as const;

/**
 * A number against the most that it may be; one that is no number is beyond every limit.
 *
 * @param note what else was counted, for people
 */
export function judge(figure: string, mode: string, seen: number, most: number, unit = "", note = ""): Figure {
  const text = Number.isInteger(seen) ? String(seen) : seen.toFixed(1);
  const limit = `${most === 0 ? "" : "≤ "}${most}${unit}`;
  return { figure, mode, seen: `${text}${unit}${note}`, limit, verdict: seen <= most ? "ok" : "beyond" };
}

export const isBeyond = ({ verdict }: Figure): boolean => verdict === "beyond";

/** The table for a terminal. */
export function text(figures: Figure[]): string {
  const rows = [columns, ...figures.map((figure) => columns.map((column) => figure[column]))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The table for a document: a row a figure, a column a mode; what is beyond its limit is bold. */
export function markdown(figures: Figure[]): string {
  const modes = [...new Set(figures.map(({ mode }) => mode))];
  const names = [...new Set(figures.map(({ figure }) => figure))];
  const rows = names.map((name) => {
    const ofName = figures.filter(({ figure }) => figure === name);
    const cells = modes.map((mode) => {
      const found = ofName.find((figure) => figure.mode === mode);
      if (!found) return "–";
      return isBeyond(found) ? `**${found.seen}**` : found.seen;
    });
    return [name, ...cells, ofName[0]?.limit ?? ""];
  });
  const header = ["figure", ...modes, "limit"];
  return [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
