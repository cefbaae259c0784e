import { escapeXml, label, legend, type Panel } from "./chart/draw.ts";
import { drawLatency, drawThroughput } from "./chart/evaluation.ts";
import { drawPropagation } from "./chart/propagation.ts";
import type { Report } from "./report.ts";
import { servers } from "./testbed.ts";

const width = 860;
const left = 110;

const style = `
svg { --text: #1f2328; --muted: #59636e; --grid: #d8dee4; --back: #ffffff; --sidecar: #1a7f37; --master: #9a3412; --empty: #6e7781;
  --schedule: #0969da; --export: #bf8700; --poll: #6639ba; }
@media (prefers-color-scheme: dark) { svg { --text: #e6edf3; --muted: #9198a1; --grid: #30363d; --back: #0d1117; --sidecar: #3fb950;
  --master: #f0883e; --empty: #9198a1; --schedule: #58a6ff; --export: #e3b341; --poll: #bc8cff; } }
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--text); }
.heading { font-size: 15px; font-weight: 600; } .title { font-weight: 600; } .small { font-size: 11px; fill: var(--muted); }
.value { paint-order: stroke; stroke: var(--back); stroke-width: 3px; }
.grid { stroke: var(--grid); } .bound { stroke: var(--text); stroke-dasharray: 4 3; } .range { stroke-width: 2px; } .back { fill: var(--back); }
${[...servers, "schedule", "export", "poll"].map((kind) => `.${kind} { fill: var(--${kind}); }`).join(" ")}
${servers.map((kind) => `.range.${kind} { stroke: var(--${kind}); }`).join(" ")}`;

const meanings: [string, string][] = [
  ["sidecar", "flipt-sidecar"],
  ["master", "flipt-master"],
  ["empty", "an empty HTTP server that answers as many bytes"],
];

const move = (y: number, content: string): string => `<g transform="translate(0 ${Math.round(y)})">\n${content}\n</g>`;

/** What was measured in one lab, from top to bottom. */
function section({ ring, mode, programs, evaluation, propagation }: Report): Panel {
  const parts = [label(16, 18, `ring ${ring}, mode ${mode}: ${programs.flipt}`, "heading")];
  let height = 28;
  if (evaluation) {
    parts.push(...legend(16, height + 12, meanings));
    height += 32;
    const [latency, throughput] = [drawLatency(evaluation, left, 440), drawThroughput(evaluation, 560, width - 70)];
    parts.push(move(height, latency.svg), move(height, throughput.svg));
    height += Math.max(latency.height, throughput.height) + 8;
  }
  if (propagation) {
    const panel = drawPropagation(propagation, left, width - 70);
    parts.push(move(height, panel.svg));
    height += panel.height + 8;
  }
  return { svg: parts.join("\n"), height: height + 12 };
}

/** A picture of what was measured, one lab below the other, that follows the reader's colour scheme; pure. */
export function chart(reports: Report[]): string {
  const sections = reports.map(section);
  let height = 12;
  const placed = sections.map((each) => {
    const content = move(height, each.svg);
    height += each.height;
    return content;
  });
  const words = reports.map(({ ring, mode, machine, date }) => `ring ${ring}, mode ${mode}, ${date}, ${machine}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.round(height)}" width="${width}" height="${Math.round(height)}" role="img">
<title>Latency, throughput and propagation, measured</title>
<desc>${escapeXml(words.join("; "))}</desc>
<style>${style}
</style>
<rect class="back" width="100%" height="100%"/>
${placed.join("\n")}
</svg>
`;
}
