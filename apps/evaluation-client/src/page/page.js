import { sentence, showEvaluation, showProblem } from "./answer.js";
import { showCalls } from "./calls.js";
import { byId } from "./dom.js";
import { addProperty, command, fromQuery, offer, offerBackends, question, toQuery } from "./form.js";
import { attempt, request } from "./request.js";
import { showSilence, showStatus } from "./status.js";
import { changes, emptyTape, record, showTape } from "./tape.js";

const form = byId("question");
const query = new URLSearchParams(location.search);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let hasMaster = false;
let tape = emptyTape();
let flags = new Map();
let watching;
let asked = 0;

const announce = (text) => {
  byId("announcement").textContent = text;
};

/** Asks once and shows it; an answer that a newer question has overtaken is dropped. */
async function ask() {
  asked += 1;
  const turn = asked;
  const current = question();
  history.replaceState(null, "", toQuery(current));
  try {
    const evaluation = await request("/api/evaluate", current);
    if (turn !== asked) return;
    const now = Date.now();
    if (watching) tape = record(tape, evaluation, now);
    const changed = changes(tape, now);
    showEvaluation(evaluation, watching ? changed : []);
    if (watching) showTape(tape, now);
    if (!watching || changed.length > 0) announce(sentence(evaluation));
    if (changed.length > 0) await Promise.all([listFlags(chosenFlag), refreshStatus()]);
  } catch (error) {
    if (turn !== asked) return;
    showProblem(error.message);
    announce(error.message);
  }
  const recent = await attempt("/api/calls");
  if (recent) showCalls(recent.calls);
}

async function watch(token) {
  while (watching === token) {
    const begin = Date.now();
    await ask();
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, begin + 1000 - Date.now())));
  }
}

function setWatching(on) {
  watching = on ? {} : undefined;
  byId("watch").setAttribute("aria-pressed", String(on));
  byId("watch").textContent = on ? "Watching" : "Watch";
  if (!on) return;
  tape = emptyTape();
  watch(watching);
}

/** Everything that changes the question starts the tape anew: it shows one question over time. */
function changed() {
  tape = emptyTape();
  byId("tape").hidden = true;
  showHint();
}

function showHint() {
  byId("command").value = command(question());
  const flag = flags.get(form.elements.flag.value);
  byId("flag-hint").textContent = flag ? hint(flag) : "";
}

const hint = ({ type, enabled, description }) =>
  [type, enabled ? "enabled" : "disabled", description].filter(Boolean).join(" · ");

/** Lists the namespaces of the sidecar, and of the master those that have not arrived. */
async function listNamespaces(wanted) {
  const [near, far] = await listed("/api/namespaces", "namespaces");
  offer(form.elements.namespace, union(near, far), wanted);
}

/** Lists the flags of the chosen namespace; `wanted` says which to choose, once the list is there. */
async function listFlags(wanted) {
  const namespace = form.elements.namespace.value;
  const [near, far] = await listed(`/api/namespaces/${encodeURIComponent(namespace)}/flags`, "flags");
  if (namespace !== form.elements.namespace.value) return;
  flags = new Map([...far, ...near].map((flag) => [flag.key, flag]));
  offer(form.elements.flag, union(near, far), wanted?.());
  showHint();
}

/** The same flag as before: somebody may have chosen another one while the list was on its way. */
const chosenFlag = () => form.elements.flag.value;

async function listed(path, field) {
  const answers = await Promise.all([attempt(path), hasMaster ? attempt(`${path}?backend=master`) : undefined]);
  return answers.map((answer) => answer?.[field] ?? []);
}

function union(near, far) {
  const known = new Set(near.map(({ key }) => key));
  const onlyFar = far.filter(({ key }) => !known.has(key));
  return [
    ...near.map(({ key }) => ({ key, text: key })),
    ...onlyFar.map(({ key }) => ({ key, text: `${key} (master only)` })),
  ];
}

async function refreshStatus() {
  const status = await attempt("/api/status");
  if (status) showStatus(status);
  else showSilence();
  return status;
}

async function begin() {
  fromQuery(query);
  const status = await refreshStatus();
  hasMaster = Boolean(status?.master);
  offerBackends(hasMaster, query.get("backend") ?? (hasMaster ? "both" : "sidecar"));
  await listNamespaces(query.get("namespace") ?? status?.namespace ?? "default");
  await listFlags(() => query.get("flag"));
  document.body.dataset.loaded = "true";
  form.elements.entity.focus({ preventScroll: true });
  if (query.has("flag")) await ask();
  else showCalls((await attempt("/api/calls"))?.calls ?? []);
  setInterval(refreshStatus, 5000);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await ask();
  const { top } = byId("answers").getBoundingClientRect();
  if (top > innerHeight * 0.7) byId("answers").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
});
form.addEventListener("input", changed);
form.elements.namespace.addEventListener("change", () => listFlags());
// a flag that was made meanwhile is in the list when somebody comes to choose
form.elements.flag.addEventListener("focus", () => listFlags(chosenFlag));
byId("random").addEventListener("click", () => {
  form.elements.entity.value = `user-${crypto.getRandomValues(new Uint16Array(1))[0]}`;
  changed();
  form.requestSubmit();
});
byId("add").addEventListener("click", () => addProperty().querySelector("input").focus());
byId("context").addEventListener("click", changed);
byId("watch").addEventListener("click", () => setWatching(!watching));
byId("copy").addEventListener("click", async () => {
  byId("command").select();
  // the clipboard exists on https and localhost only: elsewhere the line is selected, ready for Ctrl-C
  if (navigator.clipboard) await navigator.clipboard.writeText(byId("command").value);
  announce(navigator.clipboard ? "copied" : "selected: press Ctrl-C to copy");
});
begin();
