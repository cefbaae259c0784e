import type { Cost } from "./cost.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Delay, Propagation } from "./propagation.ts";
import type { Report, Usages } from "./report.ts";
import { type Spread, spread } from "./spread.ts";

/** What is shown of one group: a line that says what it is, and rows of cells under their headings. */
interface Table {
  title: string;
  header: string[];
  rows: string[][];
}

/** A number with as many digits as it is worth; a dash where none was measured. */
export function digits(number: number | null | undefined): string {
  if (number === undefined || number === null || !Number.isFinite(number)) return "–";
  if (number >= 100) return Math.round(number).toLocaleString("en");
  return number.toFixed(number >= 10 ? 1 : 2);
}

/** The middle one, and in brackets the outermost, where they differ. */
const show = ({ median, low, high }: Spread, scale = 1): string => {
  const [middle, least, most] = [median, low, high].map((number) => digits(number * scale));
  return least === most ? `${middle}` : `${middle} (${least}–${most})`;
};

const inMilliseconds = 0.001;

const evaluation = (rows: Evaluation[], { runs, seconds }: Report): Table => ({
  title: `Evaluation in ms, median of ${runs} runs of ${seconds} s and in brackets the lowest and highest`,
  header: ["state", "request", "connections", "server", "p50", "p90", "p99", "max", "answers/s", "failed"],
  rows: rows.map(({ state, kind, connections, server, latency, rate, failed, answers, bytes }) => [
    state,
    `${kind}, ${bytes} bytes`,
    `${connections}`,
    server,
    ...[latency.p50, latency.p90, latency.p99, latency.max].map((each) => show(each, inMilliseconds)),
    show(rate),
    `${failed} of ${digits(answers + failed)}`,
  ]),
});

/** What a sidecar is for: its answers beside the master's, row by row of the same measurement. */
function comparison(rows: Evaluation[]): Table {
  const compare = (sidecar: Evaluation): string[][] => {
    const { state, kind, connections, latency, rate } = sidecar;
    const master = rows.find(
      (row) => row.server === "master" && row.state === state && row.kind === kind && row.connections === connections,
    );
    if (!master) return [];
    const [fast, slow] = [latency.p50.median, master.latency.p50.median];
    return [
      [
        state,
        kind,
        `${connections}`,
        digits(fast * inMilliseconds),
        digits(slow * inMilliseconds),
        `${digits(slow / fast)} ×`,
        digits(rate.median),
        digits(master.rate.median),
        `${digits(rate.median / master.rate.median)} ×`,
      ],
    ];
  };
  return {
    title: "The sidecar beside the master: p50 in ms, and answers/s",
    header: ["state", "request", "connections", "sidecar", "master", "as fast", "sidecar/s", "master/s", "as many"],
    rows: rows.filter(({ server }) => server === "sidecar").flatMap(compare),
  };
}

const delayParts: [keyof Delay, string][] = [
  ["schedule", "wait for the exporter's schedule"],
  ["export", "export"],
  ["poll", "wait for the sidecar's poll"],
  ["total", "from the master's answer to the sidecar's"],
];

function propagation({ delays, intervals, boundSeconds }: Propagation): Table {
  const bounds: Record<keyof Delay, string> = {
    schedule: digits(intervals.export),
    export: "–",
    poll: digits(intervals.poll),
    total: `${digits(boundSeconds)} and the export`,
  };
  return {
    title: `Propagation of ${delays.length} changes at random moments, in s`,
    header: ["part", "lowest", "median", "highest", "bound"],
    rows: delayParts.map(([part, title]) => {
      const { low, median, high } = spread(delays.map((delay) => delay[part]));
      return [title, digits(low), digits(median), digits(high), bounds[part]];
    }),
  };
}

const cost = (rows: Cost[]): Table => ({
  title: "Cost of polling and of an export",
  header: [
    "state",
    "export, changed / unchanged",
    "requests to the master",
    "master's CPU for both",
    "sidecar's CPU for a new state",
    "sidecar's CPU of an idle hour",
  ],
  rows: rows.map(({ bytes, flags, export: took, requests, masterCpu, loadCpu, idleCpuPerHour }) => [
    `${flags} flags, ${digits(bytes / 1000)} kB`,
    `${digits(took.changed)} s / ${digits(took.unchanged)} s`,
    `${requests.changed} / ${requests.unchanged}`,
    `${digits(masterCpu)} s`,
    `${digits(loadCpu)} s`,
    `${digits(idleCpuPerHour)} s`,
  ]),
});

function usage({ idle, busy }: Usages): Table {
  const mebibytes = (bytes: number | undefined): string => digits(bytes === undefined ? bytes : bytes / 2 ** 20);
  return {
    title: "Memory and processor time of each part, idle and under the load of the large state",
    header: ["part", "MiB idle", "MiB at most", "cores idle", "cores under load"],
    rows: busy.map(({ part, memory, cores }) => {
      const before = idle.find((each) => each.part === part);
      return [
        part,
        mebibytes(before?.memory.peak),
        mebibytes(memory.peak),
        digits(before?.cores),
        digits(before && cores),
      ];
    }),
  };
}

/** The tables of what was measured; pure. */
const tables = (report: Report): Table[] => [
  ...(report.evaluation ? [comparison(report.evaluation), evaluation(report.evaluation, report)] : []),
  ...(report.propagation ? [propagation(report.propagation)] : []),
  ...(report.cost ? [cost(report.cost)] : []),
  ...(report.usage ? [usage(report.usage)] : []),
];

/** What the numbers rest on, in one line. */
const describe = ({ date, ring, mode, programs, machine, upSeconds, generator }: Report): string =>
  `${date}, ring ${ring}, mode ${mode}: ${programs.flipt}; store: ${programs.store}. ${machine}. up: ${digits(upSeconds)} s. Load: ${generator}.`;

/** The tables for a terminal. */
export function text(report: Report): string {
  const shown = tables(report).map(({ title, header, rows }) => {
    const all = [header, ...rows];
    const widths = header.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
    const lines = all.map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    return [title, ...lines.map((line) => `  ${line}`)].join("\n");
  });
  return [...shown, describe(report)].join("\n\n");
}

const formatMarkdown = ({ title, header, rows }: Table): string =>
  [`${title}:`, "", ...[header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`)].join("\n");

/** The tables for a document. */
export const markdown = (report: Report): string =>
  [...tables(report).map(formatMarkdown), describe(report)].join("\n\n");

/** Of these tables, how the sidecar compares with the master. */
export const comparisonMarkdown = (report: Report): string =>
  [formatMarkdown(comparison(report.evaluation ?? [])), describe(report)].join("\n\n");
