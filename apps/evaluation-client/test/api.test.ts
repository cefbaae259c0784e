import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster, startSidecar } from "../../../testing/flipt.ts";
import { type Application, startApplication, state } from "./application.ts";

const program = process.env.TEST_FLIPT_BIN;
const test = suite("api");
let sidecar: Instance;
let master: Instance;
let app: Application;

test.before(async () => {
  const onMaster = state.replace(/---[\s\S]*/, "");
  [sidecar, master] = await Promise.all([
    startSidecar({ state, program }),
    startMaster({
      state: onMaster.replace("  - key: switch", "  - key: new\n    name: New\n  - key: switch"),
      program,
    }),
  ]);
  app = await startApplication({
    FLIPT_SIDECAR_URL: sidecar.url,
    FLIPT_MASTER_URL: master.url,
    REQUEST_TIMEOUT: "10s",
  });
});
test.after(async () => {
  await app?.stop();
  await Promise.all([sidecar?.stop(), master?.stop()]);
});

const value = ({ latencyMs, ...rest }: { latencyMs: number }) => {
  assert.type(latencyMs, "number");
  assert.ok(latencyMs > 0);
  return rest;
};

test("evaluate :: a variant with attachment and segments", async () => {
  const { status, body } = await app.evaluate({ flagKey: "colour", entityId: "u1", context: { country: "DE" } });
  assert.is(status, 200);
  assert.equal(Object.keys(body.answers), ["sidecar"]);
  assert.not("agree" in body);
  assert.equal(value(body.answers.sidecar), {
    type: "variant",
    value: "green",
    match: true,
    reason: "MATCH_EVALUATION_REASON",
    segmentKeys: ["germans"],
    attachment: { hex: "#0a0", order: [1, 2] },
  });
});

test("evaluate :: a variant flag without a match has an empty value", async () => {
  const { body } = await app.evaluate({ flagKey: "colour", entityId: "u1" });
  const { value: key, match, attachment } = body.answers.sidecar;
  assert.equal([key, match, attachment], ["", false, null]);
});

for (const [country, expected, match] of [
  ["DE", false, true],
  ["FR", true, false],
] as const) {
  test(`evaluate :: a boolean for ${country}`, async () => {
    const { body } = await app.evaluate({ flagKey: "switch", entityId: "u1", context: { country } });
    assert.equal([body.answers.sidecar.value, body.answers.sidecar.match], [expected, match]);
  });
}

test("evaluate :: the other namespace", async () => {
  const { body } = await app.evaluate({ namespaceKey: "other", flagKey: "switch", entityId: "u1" });
  assert.is(body.answers.sidecar.value, false);
});

test("evaluate :: both agree", async () => {
  const question = { backend: "both", flagKey: "colour", entityId: "u1", context: { country: "DE" } };
  const { status, body } = await app.evaluate(question);
  assert.is(status, 200);
  assert.is(body.agree, true);
  assert.equal(value(body.answers.sidecar), value(body.answers.master));
});

test("evaluate :: both differ while a flag has not arrived", async () => {
  const { status, body } = await app.evaluate({ backend: "both", flagKey: "new", entityId: "u1" });
  assert.is(status, 200);
  assert.is(body.agree, false);
  assert.is(body.answers.sidecar.error.kind, "not-found");
  assert.is(body.answers.master.type, "variant");
});

for (const [title, question] of [
  ["flag", { flagKey: "nope", entityId: "u" }],
  ["namespace", { namespaceKey: "nope", flagKey: "switch", entityId: "u" }],
  ["flag on master", { backend: "master", flagKey: "nope", entityId: "u" }],
] as const) {
  test(`not-found :: ${title}`, async () => {
    const { status, body } = await app.evaluate(question);
    assert.is(status, 404);
    const error = Object.values(body.answers)[0]?.error;
    assert.is(error?.kind, "not-found");
    assert.match(error?.message ?? "", /^flag "\w+\/\w+" not found on (sidecar|master) "http:/);
  });
}

for (const [flagKey, type, other] of [
  ["colour", "boolean", "variant"],
  ["switch", "variant", "boolean"],
]) {
  test(`wrong-type :: ${flagKey} as ${type}`, async () => {
    const { status, body } = await app.evaluate({ flagKey, entityId: "u", type });
    assert.is(status, 400);
    assert.is(body.answers.sidecar.error.kind, "wrong-type");
    assert.match(body.answers.sidecar.error.message, `is a ${other} flag`);
  });
}

test("one line :: the address says everything", async () => {
  const { status, body } = await app.get("/evaluate/default/colour?entity=u1&backend=both&country=DE");
  assert.is(status, 200);
  assert.is(body.answers.sidecar.value, "green");
  assert.is(body.agree, true);
});

test("lists :: from the sidecar, and from the master on request", async () => {
  const keys = (list: { key: string }[]) => list.map(({ key }) => key).sort();
  assert.equal(keys((await app.get("/api/namespaces")).body.namespaces), ["default", "other"]);
  assert.equal(keys((await app.get("/api/namespaces?backend=master")).body.namespaces), ["default"]);
  const { body } = await app.get("/api/namespaces/default/flags");
  assert.equal(keys(body.flags), ["colour", "switch"]);
  const described = { key: "switch", name: "Switch", description: "A plain switch", enabled: true, type: "boolean" };
  assert.equal(
    body.flags.find(({ key }) => key === "switch"),
    described,
  );
  const far = await app.get("/api/namespaces/default/flags?backend=master");
  assert.equal(keys(far.body.flags), ["colour", "new", "switch"]);
});

const refused: [string, string, RequestInit, number, RegExp][] = [
  ["broken JSON", "/api/evaluate", { method: "POST", body: "{oops" }, 400, /^the body is not JSON: /],
  ["no body", "/api/evaluate", { method: "POST" }, 400, /not a JSON object/],
  ["a body too large", "/api/evaluate", { method: "POST", body: `"${"x".repeat(70_000)}"` }, 413, /too large/],
  ["an unknown address", "/nope", {}, 404, /^no such address: GET \/nope$/],
  ["another method", "/api/evaluate", { method: "DELETE" }, 404, /^no such address: DELETE/],
  ["an unknown backend", "/api/namespaces?backend=x", {}, 400, /not one of sidecar, master$/],
  ["a namespace that leaves its place", "/api/namespaces/..%2F..%2Fmeta/flags", {}, 400, /is not a namespace key/],
  ["an unknown namespace", "/api/namespaces/nope/flags", {}, 404, /answered 404: namespace "nope" not found/],
  ["a broken escape", "/api/namespaces/%zz/flags", {}, 400, /%zz/],
];
for (const [title, path, init, status, message] of refused) {
  test(`refuses :: ${title}`, async () => {
    const response = await fetch(app.url + path, init);
    const { error } = (await response.json()) as { error: { kind: string; message: string } };
    assert.is(response.status, status);
    assert.match(error.message, message);
    assert.not.match(error.message, /\n/);
    assert.type(error.kind, "string");
  });
}

test("calls :: the newest first, each with its question", async () => {
  await app.evaluate({ flagKey: "switch", entityId: "newest" });
  const { body } = await app.get("/api/calls");
  assert.is(body.calls[0]?.question.entityId, "newest");
  assert.ok(body.calls.length > 1 && body.calls.length <= 50);
});

test("status :: addresses, freshness, readiness", async () => {
  const { body } = await app.get("/api/status");
  assert.is(body.ready.ready, true);
  assert.equal([body.sidecar.url, body.master.url], [sidecar.url, master.url]);
  const { ageSeconds = -1 } = body.sidecar;
  assert.ok(ageSeconds >= 0 && ageSeconds < 60);
});

test("metrics :: evaluations, latency, readiness, freshness", async () => {
  await app.get("/ready");
  const text = await app.metrics();
  const expected = [
    /^evaluation_client_evaluations_total\{backend="sidecar",result="ok"\} [1-9]/m,
    /^evaluation_client_evaluations_total\{backend="master",result="not-found"\} 1$/m,
    /^evaluation_client_evaluation_duration_seconds_count\{backend="master"\} [1-9]/m,
    /^evaluation_client_ready 1$/m,
    /^evaluation_client_sidecar_loaded_timestamp_seconds\{backend="sidecar"\} 1\d{9}/m,
    /^process_cpu_seconds_total /m,
  ];
  for (const pattern of expected) assert.match(text, pattern);
});

test("page :: everything it names is served, under a strict policy", async () => {
  const page = await fetch(`${app.url}/`);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'self'/);
  const links = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
  assert.ok(links.length >= 3);
  for (const path of links) assert.is((await fetch(app.url + path)).status, 200, path);
});

test("master :: asked for without one, the answer says how to get it", async () => {
  const alone = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url });
  try {
    const { status, body } = await alone.evaluate({ backend: "both", flagKey: "switch", entityId: "u" });
    assert.is(status, 400);
    assert.match(body.error.message, "set FLIPT_MASTER_URL");
  } finally {
    await alone.stop();
  }
});

test.run();
