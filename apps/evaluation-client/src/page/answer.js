import { byId, element, mark, title } from "./dom.js";

const reasons = (rule) => ({
  MATCH_EVALUATION_REASON: `a ${rule} matched`,
  DEFAULT_EVALUATION_REASON: `no ${rule} matched: default`,
  FLAG_DISABLED_EVALUATION_REASON: "the flag is disabled",
  UNKNOWN_EVALUATION_REASON: `no ${rule} matched`,
});

/** The value of an answer in a word or two. */
export function valueText(answer) {
  if (answer.error) return answer.error.kind.replaceAll("-", " ");
  return answer.value === "" ? "no variant" : String(answer.value);
}

/** Whether an answer says only that the master cannot be asked: nothing depends on it. */
export const isAside = (backend, { error }) =>
  backend === "master" && error !== undefined && !["not-found", "wrong-type"].includes(error.kind);

/** Everything of an answer that is not its latency: equal texts are equal answers. */
export const essence = ({ latencyMs, ...rest }) => JSON.stringify(rest);

/** Shows an evaluation; `changed` names the backends whose answer is new. */
export function showEvaluation({ answers, agree }, changed = []) {
  const cards = Object.entries(answers).map(([backend, answer]) => card(backend, answer, changed.includes(backend)));
  byId("cards").replaceChildren(...cards);
  const verdict = byId("verdict");
  verdict.hidden = agree === undefined;
  verdict.dataset.agree = String(agree);
  verdict.textContent = agreement(agree);
}

/** Shows that the question itself failed. */
export function showProblem(message) {
  byId("verdict").hidden = true;
  byId("cards").replaceChildren(element("p", { className: "bad" }, message));
}

/** An evaluation as one sentence for a screen reader. */
export function sentence({ answers, agree }) {
  const parts = Object.entries(answers).map(([backend, answer]) => `${title[backend]}: ${valueText(answer)}`);
  return [...parts, agreement(agree)].filter(Boolean).join(". ");
}

function agreement(agree) {
  if (agree === undefined) return "";
  return agree === null ? "? cannot be compared" : agree ? "= they agree" : "≠ they differ";
}

function card(backend, answer, changed) {
  const latency = element("small", {}, `${answer.latencyMs.toFixed(1)} ms`);
  const heading = element("h3", {}, element("span", {}, mark(backend), title[backend]), latency);
  const value = element("p", { className: "value" }, valueText(answer));
  const aside = isAside(backend, answer);
  const names = ["card", answer.error && "failed", aside && "aside", changed && "changed"].filter(Boolean);
  const body = answer.error ? element("p", {}, answer.error.message) : facts(answer);
  if (aside) body.append(element("strong", {}, "Nothing depends on it: the application asks its sidecar."));
  return element("article", { className: names.join(" ") }, heading, value, body);
}

function facts({ type, reason, segmentKeys, attachment }) {
  const list = element("dl");
  const fact = (name, ...value) => list.append(element("dt", {}, name), element("dd", {}, ...value));
  fact("Reason", reasons(type === "boolean" ? "rollout" : "rule")[reason] ?? reason);
  fact("Segments", segmentKeys.length > 0 ? segmentKeys.join(", ") : "none");
  if (attachment !== null) fact("Attachment", element("pre", {}, JSON.stringify(attachment, null, 2)));
  return list;
}
