/** The element of that id. */
export const byId = (id) => document.getElementById(id);

/** Says a text to screen readers. */
export function announce(text) {
  byId("announcement").textContent = text;
}

/** The value that the form's field of that name holds. */
export const selected = (name) => byId("question").elements[name].value;

/** A new element. Children are elements or texts: nothing is ever parsed as HTML. */
export function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

/** The small signal flag of a backend. */
export function mark(backend) {
  const node = element("span", { className: `mark ${backend}` });
  node.setAttribute("aria-hidden", "true");
  return node;
}

export const title = { sidecar: "Sidecar", master: "Master" };

/** A time ago in words. */
export function ago(seconds) {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
