// The measured tables and the chart of README, made from what was measured: a file beside this one for each, as its command wrote it.
import { readFileSync } from "node:fs";
import { chart } from "../../apps/lab/src/bench/chart.ts";
import type { Report } from "../../apps/lab/src/bench/report.ts";
import { markdown as benchMarkdown, comparisonMarkdown } from "../../apps/lab/src/bench/table.ts";
import { type Figure, markdown } from "../../apps/lab/test/cluster/figures/table.ts";
import { repository } from "../process.ts";

const read = (name: string) => JSON.parse(readFileSync(repository(`testing/measured/${name}.json`), "utf8"));

function figures(): string {
  const { machine, figures }: { machine: string; figures: Figure[] } = read("figures");
  return `${markdown(figures)}\n\n${machine}`;
}

/** The charts in diagrams/, each with the benches that it shows. */
const charts: Record<string, string[]> = {
  "bench.svg": ["bench-kubernetes", "bench-kubernetes-local"],
  "bench-process.svg": ["bench-process"],
};
/** What a bench has measured. */
export const readReport = (name: string): Report => read(name);

const tables: Record<string, () => string> = {
  figures,
  comparison: () => comparisonMarkdown(readReport("bench-kubernetes")),
  ...Object.fromEntries(
    Object.values(charts)
      .flat()
      .map((name) => [name, () => benchMarkdown(readReport(name))]),
  ),
};

/** The charts of all benches by their file's name. */
export const drawBenches = (): Map<string, string> =>
  new Map(Object.entries(charts).map(([file, names]) => [file, chart(names.map(readReport))]));

/** The documents with measured tables. */
export const documents = ["README.md", "docs/measured.md"];

/**
 * A document whose sections between `<!-- measured NAME -->` and `<!-- end -->` hold the tables of that name.
 *
 * @throws {Error} for a name that no table has, or a document that has none at all
 */
export function paste(document: string): string {
  let found = 0;
  const pasted = document.replace(/(<!-- measured ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, name, end) => {
    const table = tables[name];
    if (!table) throw new Error(`no table is called "${name}": there are ${Object.keys(tables).join(", ")}`);
    found += 1;
    return `${begin}\n${table()}\n\n${end}`;
  });
  if (found === 0) throw new Error("the document has no section for a measured table");
  return pasted;
}
