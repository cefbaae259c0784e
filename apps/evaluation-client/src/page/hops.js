import { isAside, valueText } from "./answer.js";
import { ago, byId } from "./dom.js";

const seconds = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;
const clock = (moment) => new Date(moment).toLocaleTimeString([], { hour12: false });
const short = (revision) => (revision ? `revision ${revision.slice(0, 7)}` : "tells no revision");

let deadline;
let schedule = "";
let change = null;
let arrival;

/** Shows all hops without a change; `watching` says whether one can be seen. */
export function showIdle(watching) {
  change = null;
  arrival = undefined;
  const moment = watching ? "…" : "–";
  for (const hop of ["master", "revision", "answer"]) showHop(hop, "idle", moment, "");
  showExport();
  showArrival("idle", watching ? "" : "press Watch to follow one");
}

/** Counts down to the exporter's next run, by this clock: the server's may differ. */
export function showNextRun(exporter) {
  deadline = Date.now() + exporter.inSeconds * 1000;
  schedule = every(exporter.schedule);
  showExport();
}

/** What a observation adds that a screen reader should hear: that a change has arrived. */
export function newsOf(seen) {
  const at = seen.change?.arrivedAt;
  const isNew = at !== undefined && at !== arrival;
  arrival = at;
  return isNew ? describe(seen)[1] : "";
}

/** Shows where a change is. */
export function showHops(seen) {
  change = seen.change;
  showMaster(seen);
  showExport();
  showRevision(seen);
  showAnswer(seen);
  showArrival(...describe(seen));
}

function showMaster({ evaluation, revisions }) {
  const { master } = evaluation.answers;
  if (!master) return showHop("master", "idle", "–", "not asked");
  const difference =
    change?.kind === "answer" ? `${valueText(change.from)} → ${valueText(change.to)}` : "another change";
  if (isAside("master", master)) return showHop("master", "idle", "not reached", "nothing depends on it");
  if (!change) return showHop("master", "waiting", valueText(master), short(revisions.master));
  const moment = change.changedAt ? clock(change.changedAt) : "earlier";
  return showHop("master", "done", moment, `${difference}, ${short(revisions.master)}`);
}

/** Only the clock is known of the exporter. */
function showExport() {
  if (deadline === undefined) return;
  const left = Math.ceil((deadline - Date.now()) / 1000);
  const next = left > 0 ? `in ${ago(left)}` : "now";
  const { changedAt, exportDueAt, arrivedAt } = change ?? {};
  const due = exportDueAt !== undefined && Date.parse(exportDueAt) <= Date.now();
  if (arrivedAt && exportDueAt && arrivedAt < exportDueAt)
    return showHop("export", "due", "before its time", `somebody has exported; ${schedule}, next ${next}`);
  if (due) {
    const moment = `due + ${ago(seconds(changedAt, exportDueAt))}`;
    return showHop("export", "due", moment, `${clock(exportDueAt)} by its schedule, next ${next}`);
  }
  return showHop("export", change && !arrivedAt ? "waiting" : "idle", next, `${schedule}; it cannot be seen from here`);
}

function showRevision({ revisions }) {
  const detail = short(revisions.sidecar);
  if (!change?.revisionAt) return showHop("revision", change ? "waiting" : "idle", change ? "waits" : "–", detail);
  return showHop("revision", "done", since(change.revisionAt), detail);
}

function showAnswer({ evaluation }) {
  const { sidecar } = evaluation.answers;
  if (!sidecar) return showHop("answer", "idle", "–", "not asked");
  const value = valueText(sidecar);
  if (change?.kind === "revision") return showHop("answer", "idle", value, "this change does not touch it");
  if (!change) return showHop("answer", "idle", value, "");
  if (!change.arrivedAt) return showHop("answer", "waiting", "waits", `still ${value}`);
  return showHop("answer", "done", since(change.arrivedAt), `${valueText(change.from)} → ${valueText(change.to)}`);
}

/** Time since the change; the time of day when nobody saw it begin. */
const since = (moment) => (change.changedAt ? `+ ${ago(seconds(change.changedAt, moment))}` : clock(moment));

function describe({ change, evaluation }) {
  const { at, answers } = evaluation;
  if (!answers.master || !answers.sidecar) return ["idle", "ask both to follow one"];
  if (!change) {
    const away = isAside("master", answers.master);
    return [
      "idle",
      away ? "no change comes while the master is away" : "change the flag on the master and see it arrive",
    ];
  }
  const { kind, changedAt, arrivedAt } = change;
  const what = kind === "answer" ? "the change" : "another change";
  if (arrivedAt)
    return ["arrived", changedAt ? `${what} arrived after ${ago(seconds(changedAt, arrivedAt))}` : `${what} arrived`];
  const time = changedAt ? `for ${ago(seconds(changedAt, at))}` : "since before this page watched";
  return ["travelling", `${kind === "answer" ? "a" : "another"} change is on its way ${time}`];
}

function showArrival(state, text) {
  byId("arrival").dataset.state = state;
  byId("arrival").textContent = text;
}

function showHop(hop, state, moment, detail) {
  const node = byId(`hop-${hop}`);
  node.dataset.state = state;
  set(node.querySelector(".moment"), moment);
  set(node.querySelector(".detail"), detail);
}

/** A text that is the same is left alone: it may be selected. */
function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A schedule in words where it is a plain one. */
function every(text) {
  const [, step] = /^\*(?:\/(\d+))? \* \* \* \*$/.exec(text) ?? [];
  if (/^\d/.test(text) && !text.includes(" ")) return `each ${text.replace(/(?=[smh]$)/, " ")}`;
  if (text.startsWith("*")) return step && step !== "1" ? `each ${step} min` : "each minute";
  return `by the schedule ${text}`;
}

setInterval(showExport, 500);
