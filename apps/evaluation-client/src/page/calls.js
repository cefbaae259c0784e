import { isAside, valueText } from "./answer.js";
import { byId, element, mark, title } from "./dom.js";
import { toQuery } from "./form.js";

/** Shows the recent calls; each leads back to its question. */
export function showCalls(calls) {
  byId("no-calls").hidden = calls.length > 0;
  byId("calls").replaceChildren(...calls.map(row));
}

function row({ at, question, answers, agree, times }) {
  const { namespaceKey, flagKey, entityId, context } = question;
  const link = element("a", { href: toQuery(question) }, `${namespaceKey}/${flagKey}`);
  const properties = Object.entries(context).map(([name, value]) => `${name}=${value}`);
  const given = Object.entries(answers).map(([backend, answer]) => {
    const text = element("span", { className: "answer", title: title[backend] }, mark(backend), valueText(answer));
    if (answer.error) text.classList.add(isAside(backend, answer) ? "aside" : "bad");
    return text;
  });
  const repeated = times > 1 ? [" ", element("small", {}, `×${times}`)] : [];
  const mismatch = agree === false ? [element("small", { className: "bad" }, "≠ differ")] : [];
  return element(
    "tr",
    {},
    cell(new Date(at).toLocaleTimeString([], { hour12: false }), ...repeated),
    cell(link),
    cell(entityId, " ", element("small", {}, properties.join(", "))),
    cell(...given, ...mismatch),
  );
}

const cell = (...children) => element("td", {}, ...children);
