import { sentence, showEvaluation, showProblem } from "./answer.js";
import { showCalls } from "./calls.js";
import { announce, byId, selected } from "./dom.js";
import { addProperty, command, fromQuery, offerBackends, question, toQuery, toWatch } from "./form.js";
import { newsOf, showHops, showIdle, showNextRun } from "./hops.js";
import { listFlags, listNamespaces, showFlag } from "./lists.js";
import { followLoad, offerLoad } from "./load.js";
import { attempt, follow, request } from "./request.js";
import { showSilence, showStatus } from "./status.js";
import { changes, emptyTimeline, record, showTimeline } from "./timeline.js";

const form = byId("question");
const query = new URLSearchParams(location.search);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let hasMaster = false;
let timeline = emptyTimeline();
let stopWatching;
let restart;
let asked = 0;

/** Asks once and shows it; an answer that a newer question has overtaken is dropped. */
async function ask() {
  asked += 1;
  const turn = asked;
  const current = question();
  history.replaceState(null, "", toQuery(current));
  try {
    const evaluation = await request("/api/evaluate", current);
    if (turn !== asked) return;
    showEvaluation(evaluation);
    announce(sentence(evaluation));
  } catch (error) {
    if (turn === asked) fail(error.message);
  }
  await refreshCalls();
}

function fail(message) {
  showProblem(message);
  announce(message);
}

async function refreshCalls() {
  const recent = await attempt("/api/calls");
  if (recent) showCalls(recent.calls);
}

/** Shows one observation of a watched question. */
async function see(seen) {
  const now = Date.now();
  const { evaluation } = seen;
  const first = Object.keys(timeline.lanes).length === 0;
  timeline = record(timeline, evaluation, now);
  const changed = changes(timeline, now);
  showEvaluation(evaluation, changed);
  showTimeline(timeline, now);
  showNextRun(seen.exporter);
  const news = newsOf(seen);
  showHops(seen);
  if (first || changed.length > 0) announce([sentence(evaluation), news].filter(Boolean).join(". "));
  if (changed.length > 0) await Promise.all([listFlags(hasMaster, chosenFlag), refreshStatus()]);
  await refreshCalls();
}

/** Begins to watch what the form holds, with a timeline of its own; without `on` it ends. */
function setWatching(on) {
  clearTimeout(restart);
  stopWatching?.();
  stopWatching = undefined;
  byId("watch").setAttribute("aria-pressed", String(on));
  byId("watch").textContent = on ? "Watching" : "Watch";
  timeline = emptyTimeline();
  showIdle(on);
  if (!on) return;
  asked += 1; // an answer that is still on its way is not wanted any more
  history.replaceState(null, "", toQuery(question()));
  stopWatching = follow(toWatch(question()), see, fail);
}

/** Everything that changes the question starts anew what is watched: it shows one question over time. */
function changed() {
  byId("timeline").hidden = true;
  showHint();
  if (!stopWatching) return;
  clearTimeout(restart);
  restart = setTimeout(() => setWatching(true), 300);
}

function showHint() {
  byId("command").value = command(question());
  showFlag();
}

/** The same flag as before: somebody may have chosen another one while the list was on its way. */
const chosenFlag = () => selected("flag");

async function refreshStatus() {
  const status = await attempt("/api/status");
  if (status) {
    showStatus(status);
    showNextRun(status.exporter);
  } else showSilence();
  return status;
}

async function begin() {
  fromQuery(query);
  const status = await refreshStatus();
  hasMaster = Boolean(status?.master);
  offerBackends(hasMaster, query.get("backend") ?? (hasMaster ? "both" : "sidecar"));
  await listNamespaces(hasMaster, query.get("namespace") ?? status?.namespace ?? "default");
  await listFlags(hasMaster, () => query.get("flag"));
  showHint();
  if (!stopWatching) showIdle(false);
  offerLoad(() => ({ ...question(), backend: hasMaster ? "both" : "sidecar" }));
  document.body.dataset.loaded = "true";
  if (stopWatching) setWatching(true); // it was begun before there was anything to choose
  form.elements.entity.focus({ preventScroll: true });
  if (query.has("flag")) await ask();
  else await refreshCalls();
  setInterval(() => {
    refreshStatus();
    followLoad();
  }, 5000);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask();
  const { top } = byId("answers").getBoundingClientRect();
  if (top > innerHeight * 0.7) byId("answers").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
});
form.addEventListener("input", changed);
form.elements.namespace.addEventListener("change", async () => {
  await listFlags(hasMaster);
  changed();
});
// a flag that was made meanwhile is in the list when somebody comes to choose
form.elements.flag.addEventListener("focus", () => listFlags(hasMaster, chosenFlag));
byId("random").addEventListener("click", () => {
  form.elements.entity.value = `user-${crypto.getRandomValues(new Uint16Array(1))[0]}`;
  changed();
  form.requestSubmit();
});
byId("add").addEventListener("click", () => addProperty().querySelector("input").focus());
byId("context").addEventListener("click", (event) => event.target.closest("button") && changed());
byId("watch").addEventListener("click", () => setWatching(!stopWatching));
byId("copy").addEventListener("click", async () => {
  byId("command").select();
  // the clipboard exists on https and localhost only: elsewhere the line is selected, ready for Ctrl-C
  if (navigator.clipboard) await navigator.clipboard.writeText(byId("command").value);
  announce(navigator.clipboard ? "copied" : "selected: press Ctrl-C to copy");
});
begin();
