import { element, mark, title } from "./dom.js";

/** Buckets in one decade, and the power of ten of the first bound: 0.1 ms. */
const perDecade = 10;
const firstPower = -1;

/** Two histograms on one scale, so that they can be compared. */
export function histograms(backends) {
  const entries = Object.entries(backends);
  const scale = scaleOf(entries.map(([, { buckets }]) => buckets));
  return entries.map(([name, measured]) => histogram(name, measured, scale));
}

/** The decades that hold every answer, at least from 1 to 10 ms, and the largest share of one bucket. */
function scaleOf(all) {
  const used = all.flatMap((buckets) => buckets.flatMap((count, index) => (count > 0 ? [place(index)] : [])));
  const from = Math.floor((Math.min(perDecade + 1, ...used) - 1) / perDecade);
  const to = Math.ceil(Math.max(2 * perDecade, ...used) / perDecade);
  return { from, to, peak: Math.max(0.01, ...all.map((buckets) => Math.max(...buckets) / sum(buckets))) };
}

/** What is faster than the first bound or slower than the last is shown at the edge. */
const place = (index) => Math.min(Math.max(index, 1), 50);

const sum = (counts) => counts.reduce((total, count) => total + count, 0) || 1;

function histogram(name, measured, scale) {
  const { p50Ms, p99Ms, answered, failed, lastError } = measured;
  const facts = element("dl");
  const fact = (label, text) =>
    facts.append(element("div", { className: label }, element("dt", {}, label), element("dd", {}, text)));
  fact("p50", time(p50Ms));
  fact("p99", time(p99Ms));
  fact("answers", answered.toLocaleString("en"));
  const heading = element("h3", {}, mark(name), title[name]);
  const figure = element(
    "article",
    { className: "histogram" },
    heading,
    facts,
    plot(name, measured, scale),
    axis(scale),
  );
  if (failed > 0) {
    const text = `${failed.toLocaleString("en")} without an answer (${lastError.kind.replaceAll("-", " ")}), in no bar`;
    figure.append(element("p", { className: name === "sidecar" ? "bad" : "hint" }, text));
  }
  return figure;
}

function plot(name, { buckets, p50Ms, p99Ms, answered }, { from, to, peak }) {
  const node = element("div", { className: `plot ${name}` });
  node.setAttribute("role", "img");
  const words = answered > 0 ? `half within ${time(p50Ms)}, 99 % within ${time(p99Ms)}` : "no answers yet";
  node.setAttribute("aria-label", `Latencies of the ${name}: ${words}`);
  const total = sum(buckets);
  for (let index = from * perDecade + 1; index <= to * perDecade; index += 1) {
    const count = buckets.reduce((all, each, at) => (place(at) === index ? all + each : all), 0);
    const bar = element("div", { className: "bar" });
    bar.style.height = count > 0 ? `max(2px, ${(100 * count) / total / peak}%)` : "0";
    node.append(bar);
  }
  for (const [label, ms] of [
    ["p50", p50Ms],
    ["p99", p99Ms],
  ]) {
    if (ms === null) continue;
    const line = element("div", { className: `quantile ${label}` });
    const share = (Math.log10(ms) - firstPower - from) / (to - from);
    line.style.left = `${100 * Math.min(1, Math.max(0, share))}%`;
    node.append(line);
  }
  return node;
}

function axis({ from, to }) {
  const node = element("div", { className: "decades" });
  node.setAttribute("aria-hidden", "true");
  for (let decade = from; decade <= to; decade += 1) {
    const label = element("span", {}, time(10 ** (decade + firstPower)));
    const share = (decade - from) / (to - from);
    label.style.left = `${100 * share}%`;
    // the outer ones stay within the plot
    label.style.translate = `${share === 0 ? 0 : share === 1 ? -100 : -50}%`;
    node.append(label);
  }
  return node;
}

/** Milliseconds in words, to three digits. */
function time(ms) {
  if (ms === null) return "–";
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Number(ms.toPrecision(3))} ms`;
}
