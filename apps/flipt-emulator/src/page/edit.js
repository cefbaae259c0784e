import { complain, element, make } from "./dom.js";
import { ask, namespacePath, send } from "./request.js";

/** An update replaces: what is not sent is emptied, but metadata, which stays when it is left out. */
export async function setEnabled(namespaceKey, key, enabled) {
  const path = namespacePath(namespaceKey, "flags", key);
  const { name, description, defaultVariant } = await ask(path);
  await send("PUT", path, { name, description, enabled, defaultVariantId: defaultVariant?.id ?? "" });
}

/** A button that asks once more before it deletes a flag. */
export function deletion(namespaceKey, flag, done) {
  const label = `Delete ${flag.name || flag.key}`;
  const button = make("button", { type: "button", class: "plain" }, label);
  button.addEventListener("click", async () => {
    if (!confirm(`${label} with its variants, rules and rollouts?`)) return;
    try {
      await ask(namespacePath(namespaceKey, "flags", flag.key), { method: "DELETE" });
      complain("");
      await done(`${flag.name || flag.key} is deleted`);
    } catch (error) {
      complain(`Cannot delete ${flag.key}: ${error.message}`, "delete");
    }
  });
  return button;
}

/** Lets the form make flags; the API says what is wrong with one. */
export function listenToForm(done) {
  const form = element("create");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { namespace, key, name, type } = Object.fromEntries(new FormData(form));
    try {
      await send("POST", namespacePath(namespace, "flags"), { key, name: name || key, type });
      complain("");
      for (const field of form.querySelectorAll("input")) field.value = "";
      form.closest("details").open = false;
      await done(`${name || key} is created`);
    } catch (error) {
      complain(`Cannot create ${key || "a flag"}: ${error.message}`, "create");
    }
  });
}

/** Offers the namespaces in the form and keeps the one that is chosen. */
export function offerNamespaces(namespaces) {
  const select = element("create").elements.namespace;
  const chosen = select.value;
  select.replaceChildren(...namespaces.map(({ key }) => make("option", { value: key }, key)));
  if (namespaces.some(({ key }) => key === chosen)) select.value = chosen;
}
