import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster } from "../../../testing/flipt.ts";
import { type Client, client } from "./management-client.ts";

const test = suite("management/targeting");
const base = "/api/v1/namespaces/default";
let instance: Instance;
let call: Client;

test.before(async () => {
  instance = await startMaster();
  call = client(instance.url);
  for (const key of ["z", "a", "m"]) await call(`POST ${base}/segments`, { key, name: key });
  for (const key of ["f", "g"]) await call(`POST ${base}/flags`, { key, name: key });
});
test.after(() => instance?.stop());

const ranks = async (path: string): Promise<Record<string, number>> => {
  const { body } = await call(`GET ${base}/flags/${path}`);
  return Object.fromEntries(body.rules.map(({ id, rank }: { id: string; rank: number }) => [id, rank]));
};
const create = async (path: string, body: object): Promise<string> => {
  const reply = await call(`POST ${base}/${path}`, body);
  assert.is(reply.status, 200, JSON.stringify(reply.body));
  return reply.body.id;
};

const or = "OR_SEGMENT_OPERATOR";
const and = "AND_SEGMENT_OPERATOR";
const choices: [sent: object, key: string, keys: string[], operator: string][] = [
  [{ segmentKey: "a", segmentOperator: and }, "a", [], or],
  [{ segmentKeys: ["a", "a"], segmentOperator: and }, "a", [], or],
  [{ segmentKeys: ["z", "a", "m", "a"], segmentOperator: and }, "", ["a", "m", "z"], and],
  [{ segmentKeys: ["z", "a"] }, "", ["a", "z"], or],
];
for (const [sent, segmentKey, segmentKeys, segmentOperator] of choices) {
  test(`segments :: ${JSON.stringify(sent)}, of a rule and of a rollout`, async () => {
    await call(`POST ${base}/flags`, { key: "choice", name: "C" });
    const rule = await create("flags/choice/rules", { ...sent, rank: 1 });
    await create("flags/choice/rollouts", { rank: 1, segment: { ...sent, value: true } });
    const { body } = await call(`GET ${base}/flags/choice/rules/${rule}`);
    const expected = { segmentKey, segmentKeys, segmentOperator };
    assert.equal({ ...body, ...expected }, body);
    const { body: rollouts } = await call(`GET ${base}/flags/choice/rollouts`);
    assert.equal(rollouts.rules[0].segment, { segmentKey, value: true, segmentKeys, segmentOperator });
    await call(`DELETE ${base}/flags/choice`);
  });
}

test("rules :: order gives the n-th id rank n, deleting numbers the rest from 1", async () => {
  const [one, two, three] = [
    await create("flags/f/rules", { segmentKey: "a", rank: 2 }),
    await create("flags/f/rules", { segmentKey: "a", rank: 5 }),
    await create("flags/f/rules", { segmentKey: "a", rank: 9 }),
  ];
  assert.equal(await ranks("f/rules"), { [one]: 2, [two]: 5, [three]: 9 });
  await call(`PUT ${base}/flags/f/rules/order`, { ruleIds: [three, "unknown", one] });
  assert.equal(await ranks("f/rules"), { [three]: 1, [one]: 3, [two]: 5 });
  await call(`DELETE ${base}/flags/g/rules/${one}`);
  assert.equal(await ranks("f/rules"), { [three]: 1, [one]: 3, [two]: 5 }, "another flag's path deletes nothing");
  await call(`DELETE ${base}/flags/f/rules/${one}`);
  assert.equal(await ranks("f/rules"), { [three]: 1, [two]: 2 });
});

test("rules :: a failed update changes nothing", async () => {
  const id = await create("flags/g/rules", { segmentKey: "a", rank: 1 });
  const { status, body } = await call(`PUT ${base}/flags/g/rules/${id}`, { segmentKeys: ["z", "absent"] });
  assert.equal([status, body.message], [404, `rule "default/${id}" not found`]);
  assert.is((await call(`GET ${base}/flags/g/rules/${id}`)).body.segmentKey, "a");
});

test("distributions :: float32, repeated variants, gone with their variant", async () => {
  await call(`POST ${base}/flags`, { key: "d", name: "D" });
  const variantId = await create("flags/d/variants", { key: "v" });
  const rule = await create("flags/d/rules", { segmentKey: "a", rank: 1 });
  const path = `flags/d/rules/${rule}/distributions`;
  const first = await create(path, { variantId, rollout: 33.333333 });
  await create(path, { variantId, rollout: 100 });
  const rollouts = async () =>
    (await call(`GET ${base}/flags/d/rules/${rule}`)).body.distributions.map((d: { rollout: number }) => d.rollout);
  assert.equal(await rollouts(), [33.333332, 100]);
  assert.is((await call(`DELETE ${base}/${path}/${first}`)).body.message, "invalid field variantId: must not be empty");
  await call(`DELETE ${base}/${path}/${first}?variantId=other`);
  assert.equal(await rollouts(), [33.333332, 100]);
  await call(`DELETE ${base}/${path}/${first}?variant_id=${variantId}`);
  assert.equal(await rollouts(), [100]);
  await call(`DELETE ${base}/flags/d/variants/${variantId}`);
  assert.equal(await rollouts(), []);
});

test("rollouts :: ranks are unique on create, kept in order, renumbered by a deletion", async () => {
  const threshold = { percentage: 33.333333, value: true };
  const [last, first] = [
    await create("flags/f/rollouts", { rank: 7, threshold }),
    await create("flags/f/rollouts", { threshold }),
  ];
  const { body: taken } = await call(`POST ${base}/flags/f/rollouts`, { rank: 7, threshold });
  assert.is(taken.message, "rank number: 7 already exists");
  assert.equal(await ranks("f/rollouts"), { [first]: 0, [last]: 7 });
  await call(`DELETE ${base}/flags/f/rollouts/unknown`);
  assert.equal(await ranks("f/rollouts"), { [first]: 1, [last]: 2 });
  const { body } = await call(`PUT ${base}/flags/f/rollouts/${last}`, {
    threshold: { percentage: 5 },
    description: "d",
  });
  assert.equal([body.rank, body.threshold, body.description], [2, { percentage: 5, value: false }, "d"]);
});

const values: [type: string, operator: string, value: string, stored: string | RegExp][] = [
  ["DATETIME", "GTE", "2026-01-02T03:04:05.9+02:00", "2026-01-02T01:04:05Z"],
  ["DATETIME", "eq", "0000-01-01T00:00:00+01:00", "-0001-12-31T23:00:00Z"],
  ["DATETIME", "eq", "9999-12-31T23:59:59-01:00", "10000-01-01T00:59:59Z"],
  ["DATETIME", "lt", "2026-01-02", "2026-01-02"],
  ["DATETIME", "present", "x", /^parsing datetime from "x"$/],
  ["STRING", "notempty", "ignored", ""],
  ["STRING", "isoneof", '["a",null]', '["a",null]'],
  ["STRING", "isoneof", JSON.stringify(Array(101).fill("x")), /^too many values .* of type string \(maximum 100\)$/],
  ["NUMBER", "isoneof", "[1e400]", /^invalid value provided for property "entityId" of type number$/],
  ["NUMBER", "lt", "five", "five"],
  ["NUMBER", "le", "5", /^constraint operator "le" is not valid for type number$/],
  ["ENTITY_ID", "prefix", "x", /^constraint operator "prefix" is not valid for type entityId$/],
  ["UNKNOWN", "eq", "x", /^invalid constraint type: "UNKNOWN_COMPARISON_TYPE"$/],
];
for (const [type, operator, value, expected] of values) {
  test(`constraints :: ${type} ${operator} ${value.slice(0, 30)}`, async () => {
    const constraint = { type: `${type}_COMPARISON_TYPE`, property: "entityId", operator, value };
    const { status, body } = await call(`POST ${base}/segments/z/constraints`, constraint);
    if (expected instanceof RegExp) {
      assert.is(status, 400);
      assert.match(body.message, expected);
    } else {
      assert.equal([status, body.operator, body.value], [200, operator.toLowerCase(), expected]);
    }
  });
}

test.run();
