import fc from "fast-check";
import type { DocumentFlag } from "flipt-document";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluateBoolean } from "../src/evaluation/boolean.ts";
import { evaluateVariant } from "../src/evaluation/variant.ts";
import type { FlagState, NamespaceState, Rollout, Rule } from "../src/model.ts";
import { loadFiles } from "../src/sidecar/load.ts";
import { evaluable, type Question, questions } from "./differential/arbitrary.ts";

const test = suite("evaluation");

interface Case {
  state: NamespaceState;
  asked: Question[];
}

/** A loaded namespace and what is asked of it. */
const cases: fc.Arbitrary<Case> = fc
  .tuple(evaluable("n"), questions(20))
  .map(([document, asked]) => ({ state: load(document), asked }));

function load(document: object): NamespaceState {
  const state = loadFiles([{ name: "features.yml", text: `${JSON.stringify(document)}\n`, version: "1" }], "").get("n");
  if (!state) throw new Error("no namespace");
  return state;
}

const flags = ({ state }: Case, type: DocumentFlag["type"]): FlagState[] =>
  [...state.flags.values()].filter(({ flag }) => flag.type === type);

/** Holds a property for every flag of a type and every question. */
function holds(
  type: "VARIANT_FLAG_TYPE" | "BOOLEAN_FLAG_TYPE",
  check: (flag: FlagState, one: Case, question: Question) => void,
) {
  fc.assert(
    fc.property(cases, (one) => {
      for (const flag of flags(one, type)) for (const question of one.asked) check(flag, one, question);
    }),
  );
}

const keysOf = ({ segmentKey, segmentKeys }: Pick<Rule, "segmentKey" | "segmentKeys">) => [...segmentKeys, segmentKey];

test("variant :: a match names segments of one rule, all of them for AND, and a variant that it distributes", () => {
  holds("VARIANT_FLAG_TYPE", (flag, { state }, question) => {
    const { match, segmentKeys, variant } = evaluateVariant(flag, state, question);
    if (!match) return;
    const rule = flag.rules.find((candidate) => {
      const keys = keysOf(candidate).filter((key) => key !== "");
      const enough = candidate.segmentOperator === "AND_SEGMENT_OPERATOR" ? keys.length : 1;
      return segmentKeys.length >= enough && segmentKeys.every((key) => keys.includes(key));
    });
    assert.ok(rule, "some rule has these segments");
    const shares = flag.rules.flatMap(({ distributions }) => distributions.filter(({ rollout }) => rollout > 0));
    const known = [...shares.map(({ variantId }) => variantId), flag.flag.defaultVariant?.id];
    assert.ok(known.includes(variant?.id), "some rule distributes it, or it is the default");
  });
});

test("variant :: rules behind the one that applies change nothing", () => {
  holds("VARIANT_FLAG_TYPE", (flag, { state }, question) => {
    const whole = evaluateVariant(flag, state, question);
    if (whole.segmentKeys.length === 0) return;
    const lengths = flag.rules.map((_, index) => index + 1);
    const first = lengths.find((count) => applies({ ...flag, rules: flag.rules.slice(0, count) }, state, question));
    assert.equal(evaluateVariant({ ...flag, rules: flag.rules.slice(0, first) }, state, question), whole);
  });
});

const applies = (flag: FlagState, state: NamespaceState, question: Question): boolean =>
  evaluateVariant(flag, state, question).segmentKeys.length > 0;

test("variant :: a disabled flag keeps its default and nothing else", () => {
  holds("VARIANT_FLAG_TYPE", (flag, { state }, question) => {
    const { match, reason, segmentKeys, variant } = evaluateVariant(disabled(flag), state, question);
    assert.equal([match, reason, segmentKeys], [false, "FLAG_DISABLED_EVALUATION_REASON", []]);
    assert.is(variant, flag.flag.defaultVariant);
  });
});

const disabled = (flag: FlagState): FlagState => ({ ...flag, flag: { ...flag.flag, enabled: false } });

test("variant :: what AND finds OR finds too", () => {
  holds("VARIANT_FLAG_TYPE", (flag, { state }, question) => {
    for (const rule of flag.rules) {
      const withOperator = (segmentOperator: Rule["segmentOperator"]) =>
        applies({ ...flag, rules: [{ ...rule, segmentOperator }] }, state, question);
      if (withOperator("AND_SEGMENT_OPERATOR")) assert.ok(withOperator("OR_SEGMENT_OPERATOR"));
    }
  });
});

test("boolean :: a larger threshold loses nobody, 100 takes everybody, 0 nobody", () => {
  holds("BOOLEAN_FLAG_TYPE", (flag, { state }, question) => {
    const taken = (percentage: number): boolean => {
      const rollout: Rollout = { ...bare, threshold: { percentage, value: true } };
      return evaluateBoolean({ ...disabled(flag), rollouts: [rollout] }, state, question).enabled;
    };
    const answers = [0, 1, 12.5, 50, 99, 100].map(taken);
    assert.is(answers[0], false);
    assert.is(answers.at(-1), true);
    assert.equal(answers, [...answers].sort(), "once taken, always taken");
  });
});

const bare = {
  ...{ id: "", namespaceKey: "", flagKey: "", description: "", createdAt: "", updatedAt: "", rank: 1 },
  type: "THRESHOLD_ROLLOUT_TYPE" as const,
};

test("boolean :: without a rollout that applies the flag's own state", () => {
  holds("BOOLEAN_FLAG_TYPE", (flag, { state }, question) => {
    const { enabled, reason, segmentKeys } = evaluateBoolean(flag, state, question);
    if (reason === "DEFAULT_EVALUATION_REASON") assert.equal([enabled, segmentKeys], [flag.flag.enabled, []]);
    else assert.ok(flag.rollouts.some(({ segment, threshold }) => (segment ?? threshold)?.value === enabled));
  });
});

test.run();
