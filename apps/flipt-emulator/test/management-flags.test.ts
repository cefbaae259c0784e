import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster } from "../../../testing/flipt.ts";
import { type Client, client } from "./management-client.ts";

const test = suite("management/flags");
let instance: Instance;
let call: Client;

test.before(async () => {
  instance = await startMaster();
  call = client(instance.url);
});
test.after(() => instance?.stop());

const flags = "/api/v1/namespaces/default/flags";

test("create :: answers all fields, in the API's order", async () => {
  const { status, body } = await call(`POST ${flags}`, { key: "order", name: "Order" });
  assert.is(status, 200);
  assert.equal(Object.keys(body), [
    ...["key", "name", "description", "enabled", "createdAt", "updatedAt", "variants", "namespaceKey", "type"],
  ]);
});

const refused: [why: string, body: object, message: string][] = [
  ["no key", {}, "invalid field key: must not be empty"],
  ["a slash in the key", { key: "a/b", name: "x" }, "invalid field key: contains invalid characters"],
  ["a line break after the key", { key: "a\n", name: "x" }, "invalid field key: contains invalid characters"],
  ["no name", { key: "x" }, "invalid field name: must not be empty"],
  ["a key that is taken", { key: "order", name: "x" }, 'flag "default/order" is not unique'],
];
for (const [why, body, message] of refused) {
  test(`create :: refuses ${why}`, async () => {
    const reply = await call(`POST ${flags}`, body);
    assert.equal([reply.status, reply.body], [400, { code: 3, message, details: [] }]);
  });
}

test("create :: without a namespace in the path it is default", async () => {
  await call("POST /api/v1/flags", { key: "plain", name: "Plain" });
  assert.is((await call(`GET ${flags}/plain`)).body.namespaceKey, "default");
});

test("create :: in an unknown namespace is 404", async () => {
  const { status, body } = await call("POST /api/v1/namespaces/none/flags", { key: "x", name: "x" });
  assert.equal([status, body.message], [404, 'namespace "none" not found']);
});

test("update :: replaces: what is left out is emptied, metadata stays, the default variant goes", async () => {
  const start = {
    key: "full",
    name: "Full",
    description: "d",
    enabled: true,
    metadata: { owner: "a", n: { deep: [1] } },
  };
  await call(`POST ${flags}`, start);
  const { body: variant } = await call(`POST ${flags}/full/variants`, { key: "v" });
  const set = { name: "Full", description: "d", enabled: true, defaultVariantId: variant.id };
  assert.is((await call(`PUT ${flags}/full`, set)).body.defaultVariant.key, "v");
  const { body } = await call(`PUT ${flags}/full`, { name: "Bare" });
  assert.equal([body.name, body.description, body.enabled, body.defaultVariant], ["Bare", "", false, undefined]);
  assert.equal(body.metadata, start.metadata);
  assert.is((await call(`PUT ${flags}/full`, { name: "Bare", metadata: {} })).body.metadata, undefined);
});

test("update :: the type of a flag never changes", async () => {
  await call(`POST ${flags}`, { key: "typed", name: "T", type: "BOOLEAN_FLAG_TYPE" });
  const { body } = await call(`PUT ${flags}/typed`, { name: "T", type: "VARIANT_FLAG_TYPE" });
  assert.is(body.type, "BOOLEAN_FLAG_TYPE");
});

test("update :: refuses a variant of another flag as default", async () => {
  const { body: variant } = await call(`POST ${flags}/plain/variants`, { key: "theirs" });
  const { status, body } = await call(`PUT ${flags}/order`, { name: "x", defaultVariantId: variant.id });
  assert.equal([status, body.message], [400, `variant "${variant.id}" not found for flag "default/order"`]);
});

test("delete :: of something absent is fine", async () => {
  assert.equal(await call(`DELETE ${flags}/never-there`), { status: 200, body: {} });
});

test("delete :: takes variants, rules and rollouts along", async () => {
  await call("POST /api/v1/segments", { key: "all", name: "All" });
  await call(`POST ${flags}`, { key: "gone", name: "Gone" });
  await call(`POST ${flags}/gone/variants`, { key: "v" });
  await call(`POST ${flags}/gone/rules`, { segmentKey: "all", rank: 1 });
  await call(`POST ${flags}/gone/rollouts`, { rank: 1, segment: { segmentKey: "all" } });
  assert.is((await call("DELETE /api/v1/segments/all")).body.message, 'segment "default/all" is in use');
  await call(`DELETE ${flags}/gone`);
  assert.is((await call("DELETE /api/v1/segments/all")).status, 200);
  await call(`POST ${flags}`, { key: "gone", name: "Back" });
  assert.equal((await call(`GET ${flags}/gone`)).body.variants, []);
  assert.is((await call(`GET ${flags}/gone/rules`)).body.totalCount, 0);
});

const attachments: [sent: string, stored: string][] = [
  ['{"b": 1, "a": [1, 2.50, "x y"]}', '{"b":1,"a":[1,2.50,"x y"]}'],
  ['{"big": 12345678901234567890, "e": 1e5, "e": 1.0}', '{"big":12345678901234567890,"e":1e5,"e":1.0}'],
  ['["quote \\" and , space", "\\\\" ]', '["quote \\" and , space","\\\\"]'],
  [" 5\n", "5"],
  ["", ""],
];
for (const [index, [sent, stored]] of attachments.entries()) {
  test(`attachment :: ${JSON.stringify(sent)} is stored as ${stored}`, async () => {
    const { body } = await call(`POST ${flags}/plain/variants`, { key: `att-${index}`, attachment: sent });
    assert.is(body.attachment, stored);
    const { body: flag } = await call(`GET ${flags}/plain`);
    assert.is(flag.variants.find(({ key }: { key: string }) => key === `att-${index}`).attachment, stored);
  });
}

for (const attachment of ["{", "nope", "1 2", " "]) {
  test(`attachment :: refuses ${JSON.stringify(attachment)}`, async () => {
    const { status, body } = await call(`POST ${flags}/plain/variants`, { key: "bad", attachment });
    assert.equal([status, body.message], [400, "invalid field attachment: must be a json string"]);
  });
}

test("attachment :: 1000 KB pass, one byte more does not", async () => {
  const text = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
  assert.is((await call(`POST ${flags}/order/variants`, { key: "big", attachment: text(1_024_000) })).status, 200);
  const { body } = await call(`POST ${flags}/order/variants`, { key: "bigger", attachment: text(1_024_001) });
  assert.is(body.message, "invalid field attachment: must be less than 1000 KB");
});

test("variant :: a path of another flag finds nothing to update or delete", async () => {
  const { body: variant } = await call(`POST ${flags}/plain/variants`, { key: "kept" });
  const { status, body } = await call(`PUT ${flags}/typed/variants/${variant.id}`, { key: "taken" });
  assert.equal([status, body.message], [404, 'variant "taken" not found']);
  await call(`DELETE ${flags}/typed/variants/${variant.id}`);
  const { body: flag } = await call(`GET ${flags}/plain`);
  assert.ok(flag.variants.some(({ id }: { id: string }) => id === variant.id));
});

test.run();
