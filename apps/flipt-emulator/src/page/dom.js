export const element = (id) => document.getElementById(id);

/** Makes an element; all text goes in as text, never as markup. */
export function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Shows an error until the same cause is over; an empty text hides it. */
export function complain(text, cause = "") {
  const alert = element("alert");
  if (alert.textContent !== text) alert.textContent = text;
  alert.hidden = text === "";
  alert.dataset.cause = cause;
}
