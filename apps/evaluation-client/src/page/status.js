import { ago, byId, element } from "./dom.js";

/** Shows readiness, addresses and freshness in the header. */
export function showStatus({ ready, sidecar, master }) {
  show(
    "ready",
    ready.ready ? "yes" : "not yet",
    ready.ready ? "has served a flag" : `waits: ${ready.waitingFor}`,
    !ready.ready,
  );
  const fresh = sidecar.reachable ? `loaded ${ago(sidecar.ageSeconds)} ago` : short(sidecar);
  show("sidecar", sidecar.url, fresh, !sidecar.reachable);
  if (master) show("master", master.url, master.reachable ? "answers" : short(master), !master.reachable);
  else show("master", "none", "the sidecar needs none", false);
}

/** Shows that the application itself does not answer. */
export const showSilence = () => show("ready", "no", "the application does not answer", true);

const short = ({ error }) => error.kind.replaceAll("-", " ");

function show(name, text, detail, bad) {
  byId(`status-${name}`).replaceChildren(
    text,
    element("small", { className: bad ? "bad" : "", title: detail }, detail),
  );
}
