import { complain, element, make } from "./dom.js";
import { deletion, listenToForm, offerNamespaces, setEnabled } from "./edit.js";
import { ask, namespacePath } from "./request.js";
import { targeting } from "./targeting.js";

const refreshMs = 5000;
const types = { VARIANT_FLAG_TYPE: "variant", BOOLEAN_FLAG_TYPE: "boolean" };

const shown = { text: "", namespaces: [], readOnly: true };
/** Flags whose targeting is shown, as `namespace/flag`. */
const opened = new Set();

async function load() {
  const [info, { namespaces }] = await Promise.all([ask("meta/info"), ask("api/v1/namespaces")]);
  const filled = [];
  for (const { key, name } of namespaces) {
    const { flags } = await ask(namespacePath(key, "flags"));
    filled.push({ key, name, flags });
  }
  return { info, namespaces: filled };
}

async function refresh() {
  try {
    const state = await load();
    const text = JSON.stringify(state);
    if (text !== shown.text) {
      Object.assign(shown, { text, namespaces: state.namespaces, readOnly: state.info.storage.readOnly === true });
      render();
    }
    if (element("alert").dataset.cause === "refresh") complain("");
  } catch (error) {
    complain(`Cannot read the flags: ${error.message}`, "refresh");
  }
}

/** Draws everything anew and gives the focus back to the control that had it. */
function render() {
  const focused = document.activeElement?.id;
  element("role").textContent = shown.readOnly
    ? "This instance is read-only: flags are changed on its master."
    : "This instance is a master.";
  element("creation").hidden = shown.readOnly;
  offerNamespaces(shown.namespaces);
  element("namespaces").replaceChildren(...shown.namespaces.map(section));
  if (focused) element(focused)?.focus();
  filter();
}

function section({ key, name, flags }, index) {
  const heading = make("h2", { id: `namespace-${index}` }, name === key || !name ? key : `${name} (${key})`);
  const list = make(
    "ul",
    { "aria-labelledby": heading.id },
    ...flags.map((flag, at) => row(key, flag, `${index}-${at}`)),
  );
  const content = flags.length > 0 ? list : make("p", { class: "empty" }, "No flags yet.");
  return make("section", {}, heading, content);
}

function row(namespaceKey, flag, id) {
  const name = make("span", { class: "name", id: `name-${id}` }, flag.name || flag.key);
  const key = make("span", { class: "key" }, `${flag.key} · ${types[flag.type] ?? flag.type}`);
  const word = flag.enabled ? "on" : "off";
  const state = shown.readOnly ? make("span", { class: "state" }, word) : control(namespaceKey, flag, id, word);
  return make(
    "li",
    { class: "row", "data-search": `${flag.key}\n${flag.name}`.toLowerCase() },
    make("div", { class: "flag" }, name, key),
    state,
    details(namespaceKey, flag),
  );
}

/** What is behind a flag; asked for when it is opened, and again whenever the list is drawn anew. */
function details(namespaceKey, flag) {
  const path = `${namespaceKey}/${flag.key}`;
  const summary = make(
    "summary",
    { id: `targeting-${path}`, "aria-label": `Targeting of ${flag.name || flag.key}` },
    "Targeting",
  );
  const content = make("div", {});
  const made = make("details", { class: "targeting" }, summary, content);
  const fill = async () => {
    const ending = shown.readOnly ? [] : [deletion(namespaceKey, flag, changed)];
    try {
      content.replaceChildren(...(await targeting(namespaceKey, flag)), ...ending);
    } catch (error) {
      content.replaceChildren(make("p", {}, `Cannot read the targeting: ${error.message}`));
    }
  };
  made.addEventListener("toggle", () => {
    if (made.open) fill();
    if (made.open) opened.add(path);
    else if (made.isConnected) opened.delete(path);
  });
  made.open = opened.has(path);
  return made;
}

/** Shows a change that was made here, and says so. */
async function changed(text) {
  await refresh();
  element("status").textContent = text;
}

function control(namespaceKey, flag, id, word) {
  const button = make("button", { type: "button", role: "switch", id: `switch-${namespaceKey}/${flag.key}` }, word);
  button.setAttribute("aria-checked", String(flag.enabled));
  button.setAttribute("aria-labelledby", `name-${id}`);
  button.addEventListener("click", () => toggle(button, namespaceKey, flag));
  return button;
}

async function toggle(button, namespaceKey, flag) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  let done = "";
  try {
    await setEnabled(namespaceKey, flag.key, !flag.enabled);
    done = `${flag.name || flag.key} is ${flag.enabled ? "off" : "on"}`;
    complain("");
  } catch (error) {
    complain(`Cannot switch ${flag.key}: ${error.message}`, "switch");
  }
  button.removeAttribute("aria-busy");
  if (done) await changed(done);
  else await refresh();
}

function filter() {
  const wanted = element("filter").value.trim().toLowerCase();
  const rows = [...document.querySelectorAll("li.row")];
  for (const item of rows) item.hidden = !item.dataset.search.includes(wanted);
  const count = rows.filter((item) => !item.hidden).length;
  element("status").textContent = `${count} ${count === 1 ? "flag" : "flags"}${wanted ? ` of ${rows.length}` : ""}`;
}

listenToForm(changed);
element("filter").addEventListener("input", filter);
setInterval(() => document.hidden || refresh(), refreshMs);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
