import { ago, byId, element } from "./dom.js";

/** Shows readiness, addresses and freshness in the header. */
export function showStatus({ ready, sidecar, master }) {
  show(
    "ready",
    ready.ready ? "✓ yes" : "not yet",
    ready.ready ? "has served a flag" : `waits: ${ready.waitingFor}`,
    ready.ready ? "good" : "bad",
  );
  const fresh = sidecar.reachable ? `loaded ${ago(sidecar.ageSeconds)} ago` : short(sidecar);
  show("sidecar", sidecar.url, fresh, sidecar.reachable ? "good" : "bad");
  if (master) show("master", master.url, master.reachable ? "answers" : "not reached; nothing depends on it", "");
  else show("master", "none", "the sidecar needs none", "");
}

/** Shows that the application itself does not answer. */
export const showSilence = () => show("ready", "no", "the application does not answer", "bad");

const short = ({ error }) => error.kind.replaceAll("-", " ");

function show(name, text, detail, className) {
  byId(`status-${name}`).replaceChildren(text, element("small", { className, title: detail }, detail));
}
