import { announce, byId } from "./dom.js";
import { histograms } from "./histogram.js";
import { attempt, request } from "./request.js";

let question;
let state;
let following;
let asked = 0;

/** Offers the background load; `current` gives the question that it is to ask. */
export async function offerLoad(current) {
  question = current;
  byId("load").addEventListener("click", () => turn(!state?.on));
  byId("prolong").addEventListener("click", () => order(state.question, state.perSecond));
  byId("rate").addEventListener("change", () => {
    if (state?.on) order(state.question, Number(byId("rate").value));
  });
  await followLoad();
  if (state?.on) byId("rate").value = String(state.perSecond);
}

/** Shows the load, and goes on doing so each second while it is on, whoever has switched it on. */
export async function followLoad() {
  asked += 1;
  const turn = asked;
  const seen = await attempt("/api/load");
  if (turn !== asked) return; // something newer is on its way, or shown
  if (seen) show(seen);
  clearTimeout(following);
  if (state?.on) following = setTimeout(followLoad, 1000);
}

async function turn(on) {
  if (on) return order(question(), Number(byId("rate").value));
  asked += 1;
  try {
    show(await request("/api/load", undefined, "DELETE"));
  } catch (error) {
    byId("load-state").textContent = error.message;
  }
}

async function order(wanted, perSecond) {
  asked += 1;
  try {
    show(await request("/api/load", { question: wanted, perSecond }));
  } catch (error) {
    byId("load-state").textContent = error.message;
  }
  await followLoad();
}

function show(next) {
  const was = state?.on;
  state = next;
  const { on, secondsLeft, question, backends } = next;
  byId("load").setAttribute("aria-checked", String(on));
  byId("prolong").hidden = !on;
  const flag = question && `${question.namespaceKey}/${question.flagKey}`;
  byId("load-state").textContent = on
    ? `asks ${flag}, stops in ${left(secondsLeft)}`
    : flag
      ? `off; it asked ${flag}`
      : "off";
  byId("histograms").hidden = !question;
  byId("load-hint").hidden = Boolean(question);
  if (question) byId("histograms").replaceChildren(...histograms(backends));
  if (was !== undefined && was !== on) announce(`background load ${on ? "on" : "off"}`);
}

const left = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
