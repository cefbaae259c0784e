import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Answer } from "../src/answer.ts";
import { type Observation, observe, unwatched } from "../src/change.ts";
import { Failure } from "../src/failure.ts";

const test = suite("change");

const answer = (value: boolean): Answer => ({
  ...{ type: "boolean", value, match: false, reason: "DEFAULT_EVALUATION_REASON", segmentKeys: [], attachment: null },
  latencyMs: Math.random(),
});
const gone: Answer = { error: new Failure("unreachable", "gone"), latencyMs: 1 };

/** A observation as a few letters: answer and revision of master and sidecar; `-` cannot be asked, `?` tells no revision. */
function observation(text: string, index: number): Observation {
  const [master = "", sidecar = ""] = text.split(" ");
  const given = ([letter]: string) => (letter === "-" ? gone : answer(letter === "t"));
  const revision = ([, letter]: string) => (letter === "?" || letter === undefined ? null : letter);
  return {
    at: `${index}`,
    answers: { master: given(master), sidecar: given(sidecar) },
    revisions: { master: revision(master), sidecar: revision(sidecar) },
  };
}

/** What is seen of the change after all observations. */
function seen(...observations: string[]) {
  const { change } = observations.map(observation).reduce(observe, unwatched);
  if (!change) return null;
  const { kind, changedAt, revisionAt = "", arrivedAt = "" } = change;
  return [kind, changedAt, revisionAt, arrivedAt];
}

const changes: [string, string[], unknown][] = [
  ["nothing changes", ["fA f1", "fA f1"], null],
  ["one change, hop by hop", ["fA f1", "tB f1", "tB f1", "tB f2", "tB t2"], ["answer", "1", "3", "4"]],
  ["on its way", ["fA f1", "tB f1"], ["answer", "1", "", ""]],
  ["revision and answer in one observation", ["fA f1", "tB f1", "tB t2"], ["answer", "1", "2", "2"]],
  ["all in one observation", ["fA f1", "tB t2"], ["answer", "1", "1", "1"]],
  ["the revision is seen one observation before the answer", ["fA f1", "fB f1", "tB f1"], ["answer", "1", "", ""]],
  ["another change long before this one", ["fA f1", "fB f1", "fB f1", "tC f1"], ["answer", "3", "", ""]],
  ["another flag has changed", ["fA f1", "fB f1", "fB f1", "fB f2"], ["revision", "1", "3", "3"]],
  ["writes meanwhile begin no other change", ["fA f1", "tB f1", "tC f1", "tC t2"], ["answer", "1", "3", "3"]],
  ["a write after the arrival begins the next", ["fA f1", "tB t2", "tC t2"], ["revision", "2", "", ""]],
  ["a publication without the change", ["fA f1", "tB f1", "tB f2", "tB t3"], ["answer", "1", "3", "3"]],
  ["changed back before it arrived", ["fA f1", "tB f1", "fC f1"], ["revision", "2", "", ""]],
  ["under way before anybody looked", ["tA f1", "tA f1", "tA t2"], ["answer", null, "2", "2"]],
  ["the master tells no revision", ["f? f1", "t? f1", "t? t2"], ["answer", "1", "2", "2"]],
  ["nobody tells a revision", ["f? f?", "t? f?", "t? t?"], ["answer", "1", "", "2"]],
  ["the master is stopped on the way", ["fA f1", "tB f1", "- f1", "- t2"], ["answer", "1", "3", "3"]],
  ["the master is stopped and comes back", ["fA f1", "- f1", "fA f1"], null],
  ["it changed while it was not reached", ["fA f1", "- f1", "tB f1"], ["answer", "2", "", ""]],
  ["the master is not there at first", ["- f1", "fA f1"], null],
  ["the sidecar is gone for a while", ["fA f1", "tB -", "tB -", "tB t2"], ["answer", "1", "3", "3"]],
  [
    "what comes after the arrival belongs to it no more",
    ["fA f1", "tB t2", "tB t3", "tB t3"],
    ["answer", "1", "1", "1"],
  ],
  [
    "the revision comes observations before the answer",
    ["fA f1", "tB f1", "tB f2", "tB f2", "tB t2"],
    ["answer", "1", "2", "4"],
  ],
  ["only the sidecar loads anew", ["fA f1", "fA f2"], null],
];
for (const [title, observations, expected] of changes) {
  test(`${title} :: ${observations.join(", ")}`, () => assert.equal(seen(...observations), expected));
}

test("values :: from and to are the master's answers", () => {
  const { change } = ["fA f1", "tB f1"].map(observation).reduce(observe, unwatched);
  const values = [change?.from, change?.to].map((given) => given && "value" in given && given.value);
  assert.equal(values, [false, true]);
});

test("without a master :: no change", () => {
  const only = (at: string): Observation => ({ at, answers: { sidecar: answer(true) }, revisions: { sidecar: at } });
  assert.is([only("1"), only("2")].reduce(observe, unwatched).change, null);
});

test.run();
