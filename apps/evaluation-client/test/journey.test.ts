import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Answer } from "../src/answer.ts";
import { Failure } from "../src/failure.ts";
import { observe, type Sight, unwatched } from "../src/journey.ts";

const test = suite("journey");

const answer = (value: boolean): Answer => ({
  ...{ type: "boolean", value, match: false, reason: "DEFAULT_EVALUATION_REASON", segmentKeys: [], attachment: null },
  latencyMs: Math.random(),
});
const gone: Answer = { error: new Failure("unreachable", "gone"), latencyMs: 1 };

/** A sight as a few letters: answer and revision of master and sidecar; `-` cannot be asked, `?` tells no revision. */
function sight(text: string, index: number): Sight {
  const [master = "", sidecar = ""] = text.split(" ");
  const given = ([letter]: string) => (letter === "-" ? gone : answer(letter === "t"));
  const revision = ([, letter]: string) => (letter === "?" || letter === undefined ? null : letter);
  return {
    at: `${index}`,
    answers: { master: given(master), sidecar: given(sidecar) },
    revisions: { master: revision(master), sidecar: revision(sidecar) },
  };
}

/** What is seen of the journey after all sights. */
function seen(...sights: string[]) {
  const { journey } = sights.map(sight).reduce(observe, unwatched);
  if (!journey) return null;
  const { kind, changedAt, revisionAt = "", arrivedAt = "" } = journey;
  return [kind, changedAt, revisionAt, arrivedAt];
}

const journeys: [string, string[], unknown][] = [
  ["nothing changes", ["fA f1", "fA f1"], null],
  ["one change, hop by hop", ["fA f1", "tB f1", "tB f1", "tB f2", "tB t2"], ["answer", "1", "3", "4"]],
  ["on its way", ["fA f1", "tB f1"], ["answer", "1", "", ""]],
  ["revision and answer in one sight", ["fA f1", "tB f1", "tB t2"], ["answer", "1", "2", "2"]],
  ["all in one sight", ["fA f1", "tB t2"], ["answer", "1", "1", "1"]],
  ["the revision is seen one sight before the answer", ["fA f1", "fB f1", "tB f1"], ["answer", "1", "", ""]],
  ["another change long before this one", ["fA f1", "fB f1", "fB f1", "tC f1"], ["answer", "3", "", ""]],
  ["another flag has changed", ["fA f1", "fB f1", "fB f1", "fB f2"], ["revision", "1", "3", "3"]],
  ["writes meanwhile begin no other journey", ["fA f1", "tB f1", "tC f1", "tC t2"], ["answer", "1", "3", "3"]],
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
    "the revision comes sights before the answer",
    ["fA f1", "tB f1", "tB f2", "tB f2", "tB t2"],
    ["answer", "1", "2", "4"],
  ],
  ["only the sidecar loads anew", ["fA f1", "fA f2"], null],
];
for (const [title, sights, expected] of journeys) {
  test(`${title} :: ${sights.join(", ")}`, () => assert.equal(seen(...sights), expected));
}

test("values :: from and to are the master's answers", () => {
  const { journey } = ["fA f1", "tB f1"].map(sight).reduce(observe, unwatched);
  const values = [journey?.from, journey?.to].map((given) => given && "value" in given && given.value);
  assert.equal(values, [false, true]);
});

test("without a master :: no journey", () => {
  const only = (at: string): Sight => ({ at, answers: { sidecar: answer(true) }, revisions: { sidecar: at } });
  assert.is([only("1"), only("2")].reduce(observe, unwatched).journey, null);
});

test.run();
