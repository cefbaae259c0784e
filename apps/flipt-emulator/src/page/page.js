const refreshMs = 5000;
const types = { VARIANT_FLAG_TYPE: "variant", BOOLEAN_FLAG_TYPE: "boolean" };

const element = (id) => document.getElementById(id);
const shown = { text: "", namespaces: [], readOnly: true };

/** Makes an element; all text goes in as text, never as markup. */
function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Asks the API; a refusal is an error with the API's own words. */
async function ask(path, options) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10_000), ...options });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message ?? `status ${answer.status}`);
  return body;
}

const flagPath = (namespaceKey, key) =>
  `api/v1/namespaces/${encodeURIComponent(namespaceKey)}/flags/${encodeURIComponent(key)}`;

async function load() {
  const [info, { namespaces }] = await Promise.all([ask("meta/info"), ask("api/v1/namespaces")]);
  const filled = [];
  for (const { key, name } of namespaces) {
    const { flags } = await ask(`api/v1/namespaces/${encodeURIComponent(key)}/flags`);
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

/** Draws everything anew and gives the focus back to the switch that had it. */
function render() {
  const focused = document.activeElement?.id;
  element("role").textContent = shown.readOnly ? "This instance is read-only." : "This instance is a master.";
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
    { "data-search": `${flag.key}\n${flag.name}`.toLowerCase() },
    make("div", { class: "flag" }, name, key),
    state,
  );
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
  await refresh();
  if (done) element("status").textContent = done;
}

/** An update replaces: what is not sent is emptied, but metadata, which stays when it is left out. */
async function setEnabled(namespaceKey, key, enabled) {
  const path = flagPath(namespaceKey, key);
  const { name, description, defaultVariant } = await ask(path);
  const body = { name, description, enabled, defaultVariantId: defaultVariant?.id ?? "" };
  await ask(path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

function complain(text, cause = "") {
  const alert = element("alert");
  if (alert.textContent !== text) alert.textContent = text;
  alert.hidden = text === "";
  alert.dataset.cause = cause;
}

function filter() {
  const wanted = element("filter").value.trim().toLowerCase();
  const rows = [...document.querySelectorAll("li")];
  for (const item of rows) item.hidden = !item.dataset.search.includes(wanted);
  const count = rows.filter((item) => !item.hidden).length;
  element("status").textContent = `${count} ${count === 1 ? "flag" : "flags"}${wanted ? ` of ${rows.length}` : ""}`;
}

element("filter").addEventListener("input", filter);
setInterval(() => document.hidden || refresh(), refreshMs);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
refresh();
