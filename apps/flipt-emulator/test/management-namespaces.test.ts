import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster, startSidecar } from "../../../testing/flipt.ts";
import { type Client, client } from "./management-client.ts";

const test = suite("management/namespaces");
const state = "flags:\n  - key: f\n    name: F\n";
let master: Instance;
let call: Client;
const readOnly: Record<string, Instance> = {};

test.before(async () => {
  const frozen = { state, env: { FLIPT_STORAGE_READ_ONLY: "true" } };
  [master, readOnly.sidecar, readOnly.master] = await Promise.all([
    startMaster(),
    startSidecar({ state }),
    startMaster(frozen),
  ]);
  call = client(master.url);
});
test.after(async () => {
  await Promise.all([master, ...Object.values(readOnly)].map((instance) => instance?.stop()));
});

const etag = async (namespace: string): Promise<string | null> => {
  const answer = await fetch(`${master.url}/internal/v1/evaluation/snapshot/namespace/${namespace}`);
  await answer.text();
  return answer.headers.get("etag");
};

test("etag :: moves with every kind of write in the namespace, and with nothing else", async () => {
  await call("POST /api/v1/namespaces", { key: "tagged", name: "T" });
  const writes: [line: string, body?: object][] = [
    ["POST /api/v1/namespaces/tagged/segments", { key: "s", name: "S" }],
    ["POST /api/v1/namespaces/tagged/flags", { key: "f", name: "F" }],
    ["PUT /api/v1/namespaces/tagged/flags/f", { name: "F" }],
    ["POST /api/v1/namespaces/tagged/flags/f/variants", { key: "v" }],
    ["POST /api/v1/namespaces/tagged/flags/f/rules", { segmentKey: "s", rank: 1 }],
    ["PUT /api/v1/namespaces/tagged/flags/f/rules/order", { ruleIds: ["a", "b"] }],
    ["POST /api/v1/namespaces/tagged/flags/f/rollouts", { threshold: { percentage: 5 } }],
    ["POST /api/v1/namespaces/tagged/segments/s/constraints", { type: 1, property: "p", operator: "empty" }],
    ["DELETE /api/v1/namespaces/tagged/flags/never-there"],
    ["PUT /api/v1/namespaces/tagged", { name: "Renamed" }],
  ];
  let before = await etag("tagged");
  for (const [line, body] of writes) {
    assert.is((await call(line, body)).status, 200, line);
    const after = await etag("tagged");
    assert.is.not(after, before, line);
    assert.match(after ?? "", /^[0-9a-f]{40}$/);
    before = after;
  }
  await call("POST /api/v1/flags", { key: "elsewhere", name: "E" });
  await call("POST /api/v1/namespaces/tagged/flags", { key: "f", name: "refused" });
  assert.is(await etag("tagged"), before);
});

test("etag :: a fresh default namespace has none", async () => {
  const other = await startMaster();
  const answer = await fetch(`${other.url}/internal/v1/evaluation/snapshot/namespace/default`);
  assert.is(answer.headers.get("etag"), null);
  await other.stop();
});

const deletions: [line: string, status: number, message?: string][] = [
  ["DELETE /api/v1/namespaces/default", 400, 'namespace "default" is protected'],
  ["DELETE /api/v1/namespaces/none", 404, 'namespace "none" not found'],
  ["DELETE /api/v1/namespaces/none?force=true", 404, 'namespace "none" not found'],
  ["DELETE /api/v1/namespaces/tagged", 400, 'namespace "tagged" cannot be deleted; flags must be deleted first'],
  [
    ...(["DELETE /api/v1/namespaces/tagged?force=maybe", 400] as const),
    'parsing field "force": strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  ["DELETE /api/v1/namespaces/tagged?force=1&force=0", 400, 'too many values for field "force": 1, 0'],
  ["DELETE /api/v1/namespaces/tagged?force=T", 200],
];
for (const [line, status, message] of deletions) {
  test(`delete :: ${line.slice(7)} is ${message ?? "done"}`, async () => {
    const reply = await call(line);
    assert.equal([reply.status, reply.body.message], [status, message]);
  });
}

test("delete :: with force takes everything along", async () => {
  assert.is((await call("GET /api/v1/namespaces/tagged")).status, 404);
  await call("POST /api/v1/namespaces", { key: "tagged", name: "Again" });
  assert.is((await call("GET /api/v1/namespaces/tagged/flags")).body.totalCount, 0);
  assert.is((await call("GET /api/v1/namespaces/tagged/segments")).body.totalCount, 0);
});

const base = "/api/v1/namespaces/default";
const refusal = "modification is not allowed in read-only mode";
const refused: [line: string, body: object | undefined, status: number, message: string][] = [
  ["POST /api/v1/namespaces", { key: "n", name: "N" }, 500, refusal],
  ["POST /api/v1/namespaces", { key: "n" }, 400, "invalid field name: must not be empty"],
  [`POST ${base}/flags`, { key: "new", name: "N" }, 500, refusal],
  [`POST ${base}/flags`, { key: "f" }, 400, "invalid field name: must not be empty"],
  [`PUT ${base}/flags/f`, { name: "N" }, 500, refusal],
  [`DELETE ${base}/flags/none`, undefined, 500, refusal],
  [
    `POST ${base}/flags/f/variants`,
    { key: "v", attachment: "{" },
    400,
    "invalid field attachment: must be a json string",
  ],
  [`PUT ${base}/flags/f/rules/order`, { ruleIds: ["a", "b"] }, 500, refusal],
  [`POST ${base}/flags/f/rules`, { segmentKey: "s" }, 400, "invalid field rank: must be greater than 0"],
  [`PUT ${base}/flags/f/rollouts/x`, { threshold: { percentage: 5 } }, 500, refusal],
  [`POST ${base}/segments`, { key: "s", name: "S" }, 500, refusal],
  [`DELETE ${base}/segments/s/constraints/x`, undefined, 500, refusal],
  [`DELETE ${base}?force=true`, undefined, 500, refusal],
  ["DELETE /api/v1/namespaces/none", undefined, 404, 'namespace "none" not found'],
];
for (const role of ["sidecar", "master"]) {
  test(`read-only :: a ${role} checks, then refuses, and changes nothing`, async () => {
    const ask = client(readOnly[role]?.url ?? "");
    const before = (await ask(`GET ${base}/flags`)).body.flags[0].name;
    for (const [line, body, status, message] of refused) {
      const reply = await ask(line, body);
      assert.equal([reply.status, reply.body.message], [status, message], `${line} ${JSON.stringify(body)}`);
    }
    const { body } = await ask(`GET ${base}/flags`);
    assert.equal([body.totalCount, body.flags[0].name], [1, before]);
  });
}

test.run();
