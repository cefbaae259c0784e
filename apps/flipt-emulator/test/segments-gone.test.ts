import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loseSegments, startMaster } from "../../../testing/flipt.ts";

// recorded from v1.61.1, from whose database the segments and the references to them were taken by hand
const test = suite("segments that are gone");

const state = `
version: "1.4"
flags:
  - key: both
    name: Both
    enabled: true
    variants: [{ key: a }, { key: b }]
    rules:
      - segment: { keys: [s1, s2], operator: AND_SEGMENT_OPERATOR }
        distributions: [{ variant: a, rollout: 100 }]
  - key: half
    name: Half
    enabled: true
    variants: [{ key: a }]
    rules:
      - segment: { keys: [s1, s3], operator: AND_SEGMENT_OPERATOR }
        distributions: [{ variant: a, rollout: 100 }]
  - key: switch
    name: Switch
    type: BOOLEAN_FLAG_TYPE
    rollouts:
      - segment: { keys: [s2, s4], operator: AND_SEGMENT_OPERATOR, value: true }
      - segment: { key: s3, value: true }
segments:
  - { key: s1, name: S1, match_type: ALL_MATCH_TYPE }
  - { key: s2, name: S2, match_type: ALL_MATCH_TYPE }
  - { key: s3, name: S3, match_type: ALL_MATCH_TYPE, constraints: [{ type: STRING_COMPARISON_TYPE, property: p, operator: eq, value: x }] }
  - { key: s4, name: S4, match_type: ALL_MATCH_TYPE }
`;

async function withoutSegments(...keys: string[]) {
  const first = await startMaster({ state });
  await first.running.stop();
  loseSegments(first.dir, ...keys);
  const master = await startMaster({ dir: first.dir });
  // biome-ignore lint/suspicious/noExplicitAny: any JSON of the API
  const ask = async (path: string, body?: object): Promise<{ status: number; answer: any }> => {
    const reply = await fetch(master.url + path, body && { method: "POST", body: JSON.stringify(body) });
    return { status: reply.status, answer: await reply.json() };
  };
  const snapshot = () => ask("/internal/v1/evaluation/snapshot/namespace/default");
  return { ask, snapshot, stop: master.stop };
}

test("rule :: is listed without segments, matches nobody, and the snapshot leaves it out", async () => {
  const { ask, snapshot, stop } = await withoutSegments("s1", "s2");
  const listed = await ask("/api/v1/namespaces/default/flags/both/rules");
  const [{ segmentKey, segmentKeys, segmentOperator }] = listed.answer.rules;
  assert.equal([segmentKey, segmentKeys, segmentOperator], ["", [], "AND_SEGMENT_OPERATOR"]);
  const { answer } = await ask("/evaluate/v1/variant", { flagKey: "both", entityId: "e", context: {} });
  assert.equal([answer.match, answer.reason], [false, "UNKNOWN_EVALUATION_REASON"]);
  const { flags } = (await snapshot()).answer;
  const rules = Object.fromEntries(
    flags.map((flag: { key: string; rules: object[] }) => [flag.key, flag.rules.length]),
  );
  assert.equal(rules, { both: 0, half: 1, switch: 0 });
  await stop();
});

test("rollout :: is listed without segment, decides nothing, and the snapshot is an error", async () => {
  const { ask, snapshot, stop } = await withoutSegments("s2", "s4");
  const listed = await ask("/api/v1/namespaces/default/flags/switch/rollouts");
  const [{ type, segment, threshold }] = listed.answer.rules;
  assert.equal([type, segment, threshold], ["SEGMENT_ROLLOUT_TYPE", undefined, undefined]);
  const { answer } = await ask("/evaluate/v1/boolean", { flagKey: "switch", entityId: "e", context: {} });
  assert.equal([answer.enabled, answer.reason], [false, "DEFAULT_EVALUATION_REASON"]);
  const broken = await snapshot();
  assert.equal(
    [broken.status, broken.answer.message],
    [500, "runtime error: invalid memory address or nil pointer dereference"],
  );
  await stop();
});

test.run();
