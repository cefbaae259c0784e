import { essence, isAside, valueText } from "./answer.js";
import { ago, byId, element, mark, title } from "./dom.js";

/** How many milliseconds the timeline shows. */
const width = 60_000;

/** A timeline that has seen nothing. */
export const emptyTimeline = () => ({ lanes: {} });

/** The timeline after one more evaluation: a lane holds stretches of equal answers, newest last, each with its begin. */
export function record(timeline, { answers }, now) {
  const lanes = {};
  for (const [backend, answer] of Object.entries(answers))
    lanes[backend] = extended(timeline.lanes[backend] ?? [], answer, backend, now);
  return { lanes };
}

/** The backends whose answer is another one than the time before. */
export const changes = (timeline, now) =>
  Object.keys(timeline.lanes).filter((backend) => {
    const runs = timeline.lanes[backend];
    return runs.length > 1 && runs.at(-1).since === now;
  });

function extended(runs, answer, backend, now) {
  const key = essence(answer);
  if (runs.at(-1)?.key === key) return runs;
  const next = [
    ...runs,
    { key, text: valueText(answer), failed: Boolean(answer.error), aside: isAside(backend, answer), since: now },
  ];
  // the stretch before the newest stays even when it has left the timeline: it says what the value was
  return next.filter((_, index) => index >= next.length - 2 || next[index + 1].since > now - width);
}

/** Shows the timeline. */
export function showTimeline(timeline, now) {
  byId("timeline").hidden = false;
  const texts = [...new Set(Object.values(timeline.lanes).flatMap((runs) => runs.map(({ text }) => text)))];
  byId("lanes").replaceChildren(
    ...Object.entries(timeline.lanes).map(([backend, runs]) => lane(backend, runs, texts, now)),
  );
}

function lane(backend, runs, texts, now) {
  const strip = element("div", { className: "runs" });
  const begin = now - width;
  const block = (className, from, to, text) => {
    if (to <= begin) return;
    const node = element("div", { className, title: text }, text);
    // a stretch that has just begun is seen at once
    node.style.flexGrow = String(Math.max(to - Math.max(from, begin), width / 120));
    strip.append(node);
  };
  if (runs[0].since > begin) block("before", begin, runs[0].since, "");
  for (const [index, run] of runs.entries()) {
    block(`run ${paint(run, texts)}`, run.since, runs[index + 1]?.since ?? now, run.text);
  }
  const heading = element("h3", {}, mark(backend), title[backend]);
  return element("div", { className: "lane" }, heading, strip, element("p", {}, lastChange(runs, now)));
}

function paint({ text, failed, aside }, texts) {
  if (failed) return aside ? "failed aside" : "failed";
  if (text === "true") return "on";
  return text === "false" ? "off" : `tint-${texts.indexOf(text) % 5}`;
}

function lastChange(runs, now) {
  const [before, last] = [runs.at(-2), runs.at(-1)];
  const time = ago((now - last.since) / 1000);
  return before ? `${before.text} → ${last.text}, changed ${time} ago` : `${last.text}, unchanged for ${time}`;
}
