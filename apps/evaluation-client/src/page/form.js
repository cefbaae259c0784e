import { byId, element } from "./dom.js";

const form = byId("question");

/** The question that the form holds. */
export function question() {
  const context = {};
  for (const row of byId("context").children) {
    const [name, value] = row.querySelectorAll("input");
    if (name.value) context[name.value] = value.value;
  }
  return {
    backend: form.elements.backend.value,
    namespaceKey: form.elements.namespace.value,
    flagKey: form.elements.flag.value,
    entityId: form.elements.entity.value,
    context,
  };
}

/** Adds a row for one property of the context. */
export function addProperty(name = "", value = "") {
  const field = (label, text) => {
    const input = element("input", { value: text, spellcheck: false, autocapitalize: "off", placeholder: label });
    input.setAttribute("aria-label", `Context: ${label}`);
    return input;
  };
  const remove = element("button", { type: "button", title: "Remove this property" }, "×");
  remove.setAttribute("aria-label", "Remove this property");
  const row = element("div", { className: "property" }, field("property", name), field("value", value), remove);
  remove.addEventListener("click", () => {
    row.remove();
    byId("add").focus();
  });
  byId("context").append(row);
  return row;
}

/** The query string that leads back to a question. */
export function toQuery({ namespaceKey, flagKey, entityId, backend, context }) {
  const query = new URLSearchParams({ namespace: namespaceKey, flag: flagKey, entity: entityId, backend });
  for (const [name, value] of Object.entries(context)) query.append(`context.${name}`, value);
  return `?${query}`;
}

/** The address of the stream that asks a question again and again. */
export const toWatch = (question) => `/api/watch/${place(question)}`;

/** A question in an address of the API. */
function place({ namespaceKey, flagKey, entityId, backend, context }) {
  const query = new URLSearchParams({ entity: entityId, backend, ...context });
  return `${encodeURIComponent(namespaceKey)}/${encodeURIComponent(flagKey)}?${query}`;
}

/** Fills in what a query string says; namespace and flag are chosen when the lists are there. */
export function fromQuery(query) {
  for (const [name, value] of query) {
    if (name.startsWith("context.")) addProperty(name.slice("context.".length), value);
  }
  if (byId("context").children.length === 0) addProperty();
  if (query.get("entity")) form.elements.entity.value = query.get("entity");
}

/** Chooses whom to ask; without a master only the sidecar can be asked. */
export function offerBackends(hasMaster, wanted) {
  for (const radio of form.elements.backend) {
    radio.disabled = !hasMaster && radio.value !== "sidecar";
    radio.checked = radio.value === (hasMaster ? wanted : "sidecar");
  }
}

/** Fills a list of choices, and keeps or adds the wanted one; an equal list is left alone, as it may be open. */
export function offer(select, options, wanted) {
  const known = !wanted || options.some(({ key }) => key === wanted);
  const choices = known ? options : [...options, { key: wanted, text: `${wanted} (not listed)` }];
  const shown = [...select.options].map(({ value, text }) => `${value} ${text}`);
  if (shown.join("\n") !== choices.map(({ key, text }) => `${key} ${text}`).join("\n")) {
    select.replaceChildren(...choices.map(({ key, text }) => element("option", { value: key }, text)));
  }
  if (wanted) select.value = wanted;
}

/** The line that asks the same in a terminal. */
export function command(question) {
  const address = `${location.origin}/evaluate/${place(question)}`;
  // URLSearchParams leaves no quote, blank or bracket as it is: single quotes are enough for every shell
  return `curl -s '${address.replaceAll("'", "%27")}'`;
}
