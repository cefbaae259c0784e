import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chart } from "../../src/bench/chart.ts";
import type { Evaluation } from "../../src/bench/evaluation.ts";
import { withoutPath } from "../../src/bench/measure.ts";
import type { Report } from "../../src/bench/report.ts";
import { comparisonMarkdown, digits, markdown, text } from "../../src/bench/table.ts";
import { type Server, servers } from "../../src/bench/testbed.ts";

const same = (median: number) => ({ median, low: median, high: median });

const evaluation: Evaluation[] = [1, 16].flatMap((connections) =>
  servers.map((server, index) => ({
    state: "small" as const,
    kind: "single" as const,
    connections,
    server,
    bytes: 216,
    answers: 900,
    failed: 0,
    rate: { median: 4000 * (index + 1), low: 3900, high: 4100 },
    latency: { p50: same(110), p90: same(150), p99: { median: 300, low: 250, high: 400 }, max: same(2000) },
  })),
);

const bare: Report = {
  date: "2026-01-02",
  ring: "process",
  mode: "local",
  programs: { flipt: "a <Flipt> & more", store: "a folder" },
  machine: "2 cores",
  generator: "the generator",
  runs: 3,
  seconds: 5,
  upSeconds: 2.5,
};

const whole: Report = {
  ...bare,
  evaluation,
  propagation: {
    intervals: { export: 60, poll: 30 },
    boundSeconds: 90,
    delays: [
      { schedule: 30, export: 0.5, poll: 10, total: 40.5 },
      { schedule: 10, export: 0.5, poll: 10, total: 20.5 },
    ],
  },
  cost: [
    {
      bytes: 4701,
      flags: 9,
      export: { changed: 0.2, unchanged: 0.1 },
      requests: { changed: 20, unchanged: 3 },
      masterCpu: Number.NaN,
      idleCpuPerHour: 3,
      loadCpu: 0.02,
    },
  ],
  usage: {
    idle: [{ part: "flipt-sidecar", memory: { low: 1, peak: 2 ** 20 }, cores: 0.01 }],
    busy: [
      { part: "flipt-sidecar", memory: { low: 1, peak: 2 ** 21 }, cores: 0.5 },
      { part: "flipt-exporter", memory: { low: 1, peak: 2 ** 20 }, cores: 0.1 },
    ],
  },
};

const tables = suite("tables");

for (const [program, expected] of [
  ["Flipt v1.61.1 (/usr/bin/flipt)", "Flipt v1.61.1"],
  ["the folder /home/me/.lab/volume", "a folder"],
  ["claim flipt-features", "claim flipt-features"],
] as const)
  tables(`without paths :: ${program}`, () => assert.is(withoutPath(program), expected));

for (const [number, expected] of [
  [0.111, "0.11"],
  [12.34, "12.3"],
  [12_345.6, "12,346"],
  [0, "0.00"],
  [Number.NaN, "–"],
  [null, "–"],
  [undefined, "–"],
] as const)
  tables(`digits :: ${number}`, () => assert.is(digits(number), expected));

tables("markdown :: a row a server, milliseconds, the spread only where there is one", () => {
  assert.match(
    markdown(whole),
    "| small | single, 216 bytes | 1 | sidecar | 0.11 | 0.15 | 0.30 (0.25–0.40) | 2.00 | 4,000 (3,900–4,100) | 0 of 900 |",
  );
});
tables("markdown :: how the sidecar compares with the master, where both were asked the same", () => {
  const row = (server: Server, connections: number, p50: number, rate: number): Evaluation => ({
    state: "large",
    kind: "batch",
    connections,
    server,
    bytes: 1,
    answers: 1,
    failed: 0,
    rate: same(rate),
    latency: { p50: same(p50), p90: same(1), p99: same(1), max: same(1) },
  });
  const rows = [
    row("sidecar", 1, 200, 4000),
    row("empty", 1, 1, 1),
    row("master", 1, 1500, 500),
    row("sidecar", 16, 1, 1),
  ];
  const [, , ...lines] = comparisonMarkdown({ ...bare, evaluation: rows }).split("\n");
  assert.equal(lines.slice(2, -2), ["| large | batch | 1 | 0.20 | 1.50 | 7.50 × | 4,000 | 500 | 8.00 × |"]);
});
tables("markdown :: parts of the delay beside their bounds", () => {
  assert.match(markdown(whole), "| wait for the exporter's schedule | 10.0 | 20.0 | 30.0 | 60.0 |");
  assert.match(
    markdown(whole),
    "| from the master's answer to the sidecar's | 20.5 | 30.5 | 40.5 | 90.0 and the export |",
  );
});
tables("markdown :: what was not measured is a dash, also after JSON", () => {
  const again: Report = JSON.parse(JSON.stringify(whole));
  assert.match(markdown(again), "| 9 flags, 4.70 kB | 0.20 s / 0.10 s | 20 / 3 | – s | 0.02 s | 3.00 s |");
  assert.match(markdown(again), "| flipt-exporter | – | 1.00 | – | – |");
});
tables("text :: only the groups that were measured", () => {
  assert.is(
    text(bare),
    "2026-01-02, ring process, mode local: a <Flipt> & more; store: a folder. 2 cores. up: 2.50 s. Load: the generator.",
  );
});

tables.run();

// ---

const charts = suite("chart");
const svg = chart([whole, { ...bare, ring: "kubernetes" }]);

charts("every lab has its heading, and words are escaped", () => {
  assert.match(svg, "ring process, mode local: a &lt;Flipt&gt; &amp; more");
  assert.match(svg, "ring kubernetes, mode local");
});
charts("each change is as long as it took, the quickest first", () => {
  const totals = [...svg.matchAll(/<rect x="[\d.]+" y="(\d+)" width="([\d.]+)" height="9"/g)].map(([, , width]) =>
    Number(width),
  );
  assert.is(totals.length, 6);
  const sum = (from: number): number => totals.slice(from, from + 3).reduce((all, each) => all + each, 0);
  assert.ok(Math.abs(sum(3) / sum(0) - 40.5 / 20.5) < 0.02, totals.join());
});
charts("nothing lies outside of the picture", () => {
  const [, width = "", height = ""] = svg.match(/viewBox="0 0 (\d+) (\d+)"/) ?? [];
  for (const [, name, value] of svg.matchAll(/ (x1?|x2|cx)="(-?[\d.]+)"/g))
    assert.ok(Number(value) >= 0 && Number(value) <= Number(width), `${name}=${value}`);
  for (const [, y] of svg.matchAll(/translate\(0 (\d+)\)/g)) assert.ok(Number(y) < Number(height));
});

/** The luminance of a colour such as #1a7f37 (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one = "", other = ""): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colours of one scheme, by name. */
const colours = (block: string): Map<string, string> =>
  new Map([...block.matchAll(/--(\w+): (#\w{6})/g)].map(([, name = "", value = ""]) => [name, value]));
const [light = "", dark = ""] = svg.split("@media");
for (const [scheme, palette] of [
  ["light", colours(light)],
  ["dark", colours(dark)],
] as const)
  for (const [name, least] of [
    ["text", 4.5],
    ["muted", 4.5],
    ...[...servers, "schedule", "export", "poll"].map((mark) => [mark, 3] as const),
  ] as const)
    charts(`contrast :: ${name}, ${scheme}`, () => {
      const ratio = contrast(palette.get(name), palette.get("back"));
      assert.ok(ratio >= least, `${ratio.toFixed(1)} is less than ${least}`);
    });

charts.run();
