import { byId, selected } from "./dom.js";
import { offer } from "./form.js";
import { attempt } from "./request.js";

const form = byId("question");
let flags = new Map();

/** Lists the namespaces of the sidecar, and of the master those that have not arrived. */
export async function listNamespaces(hasMaster, wanted) {
  const [near, far] = await listed(hasMaster, "/api/namespaces", "namespaces");
  offer(form.elements.namespace, union(near, far), wanted);
}

/** Lists the flags of the chosen namespace; `wanted` says which to choose, once the list is there. */
export async function listFlags(hasMaster, wanted) {
  const namespace = selected("namespace");
  const [near, far] = await listed(hasMaster, `/api/namespaces/${encodeURIComponent(namespace)}/flags`, "flags");
  if (namespace !== selected("namespace")) return;
  flags = new Map([...far, ...near].map((flag) => [flag.key, flag]));
  offer(form.elements.flag, union(near, far), wanted?.());
  showFlag();
}

/** Says what is known of the chosen flag. */
export function showFlag() {
  const flag = flags.get(selected("flag"));
  byId("flag-hint").textContent = flag ? hint(flag) : "";
}

const hint = ({ type, enabled, description }) =>
  [type, enabled ? "enabled" : "disabled", description].filter(Boolean).join(" · ");

async function listed(hasMaster, path, field) {
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
