import { randomBytes } from "node:crypto";
import { ask, demand, flagPath, type Reply } from "lab/flipt";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** What this project relies on in Flipt's HTTP API, asked of a master and of a read-only instance. */

type Body = Record<string, unknown>;
const post = (base: string, path: string, body: object): Promise<Reply> => ask(base, path, { method: "POST", body });
const evaluate = (base: string, kind: "boolean" | "variant" | "batch", body: object): Promise<Reply> =>
  post(base, `/evaluate/v1/${kind}`, body);
const error = ({ status, body }: Reply): [number, number, string] => {
  const { code, message } = body as { code: number; message: string };
  return [status, code, message];
};
const snapshot = (base: string, namespace: string, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(base, `/internal/v1/evaluation/snapshot/namespace/${namespace}`, { headers });

/** Facts that hold on both, asked of an instance that serves any state. */
export function sharedContract(role: string, base: () => string): void {
  const test = suite(`contract of a ${role}`);

  test("health :: SERVING", async () => assert.equal((await ask(base(), "/health")).body, { status: "SERVING" }));
  test("health :: a wrong method is 501", async () =>
    assert.equal(error(await post(base(), "/health", {})), [501, 12, "Method Not Allowed"]));
  test("an unknown path :: 404, code 5", async () =>
    assert.equal(error(await ask(base(), "/api/v1/nothing")), [404, 5, "Not Found"]));
  test("namespaces :: default is always there", async () => {
    const { namespaces, totalCount } = await demand<{ namespaces: { key: string }[]; totalCount: number }>(
      base(),
      "/api/v1/namespaces",
    );
    assert.ok(namespaces.some(({ key }) => key === "default"));
    assert.is(totalCount, namespaces.length);
  });
  test("namespaces :: a missing one is 404", async () =>
    assert.equal(error(await ask(base(), "/api/v1/namespaces/absent")), [404, 5, 'namespace "absent" not found']));
  test("flags :: pages add up to the whole list", async () => {
    const all = await demand<{ flags: { key: string }[] }>(base(), flagPath("default"));
    const keys: string[] = [];
    let pageToken = "";
    do {
      const query = new URLSearchParams({ limit: "2", ...(pageToken && { pageToken }) });
      const page = await demand<{ flags: { key: string }[]; nextPageToken: string }>(
        base(),
        `${flagPath("default")}?${query}`,
      );
      keys.push(...page.flags.map(({ key }) => key));
      pageToken = page.nextPageToken;
    } while (pageToken);
    assert.equal(
      keys,
      all.flags.map(({ key }) => key),
    );
  });
  test("flags :: a limit that is no number is 400", async () => {
    const [status, code, message] = error(await ask(base(), `${flagPath("default")}?limit=abc`));
    assert.equal([status, code], [400, 3]);
    assert.match(message, 'parsing field "limit"');
  });
  test("evaluation :: an unknown flag is 404", async () =>
    assert.equal(error(await evaluate(base(), "boolean", { flagKey: "absent", entityId: "e" })), [
      404,
      5,
      'flag "default/absent" not found',
    ]));
  test("evaluation :: a batch keeps the order and tells what it lacks", async () => {
    const requests = [
      { flagKey: "absent-1", namespaceKey: "default" },
      { flagKey: "absent-2", namespaceKey: "default" },
    ];
    const { responses } = await demand<{ responses: { type: string; errorResponse: Body }[] }>(
      base(),
      "/evaluate/v1/batch",
      {
        method: "POST",
        body: { requests },
      },
    );
    assert.equal(
      responses.map(({ type, errorResponse }) => [type, errorResponse.flagKey, errorResponse.reason]),
      requests.map(({ flagKey }) => ["ERROR_EVALUATION_RESPONSE_TYPE", flagKey, "NOT_FOUND_ERROR_EVALUATION_REASON"]),
    );
  });
  test("snapshot :: its ETag, bare, gives 304", async () => {
    const { status, etag = "" } = await snapshot(base(), "default");
    assert.is(status, 200);
    if (!etag) return; // a namespace that nobody has touched has none
    assert.match(etag, /^[0-9a-f]{40}$/);
    assert.is((await snapshot(base(), "default", { "if-none-match": etag })).status, 304);
    assert.is(
      (await snapshot(base(), "default", { "if-none-match": `"${etag}"` })).status,
      200,
      "quoted is another one",
    );
  });
  test("metrics :: calls are counted", async () => {
    const { body } = await ask(base(), "/metrics");
    assert.match(String(body), /^grpc_server_handled_total\{.*grpc_method="Boolean"/m);
  });
  test.run();
}

/** What only a master does. Works in a namespace of its own, which it removes. */
export function masterContract(base: () => string): void {
  const test = suite("contract of writing to a master");
  const namespace = `contract-${randomBytes(3).toString("hex")}`;
  const at = (path = ""): string => `/api/v1/namespaces/${namespace}${path}`;
  const write = (path: string, body: object): Promise<Body> => demand(base(), at(path), { method: "POST", body });

  test.before(async () => {
    await demand(base(), "/api/v1/namespaces", { method: "POST", body: { key: namespace, name: "Contract" } });
  });
  test.after(async () => {
    await ask(base(), at("?force=true"), { method: "DELETE" });
  });

  test("flag :: created, read, replaced, deleted", async () => {
    const flag = {
      key: "f",
      name: "F",
      description: "d",
      type: "BOOLEAN_FLAG_TYPE",
      enabled: false,
      metadata: { owner: "a" },
    };
    await write("/flags", flag);
    const seen = await demand(base(), at("/flags/f"));
    assert.equal([seen.key, seen.description, seen.enabled, seen.metadata], ["f", "d", false, { owner: "a" }]);
    await demand(base(), at("/flags/f"), { method: "PUT", body: { name: "F", enabled: true } });
    const replaced = await demand(base(), at("/flags/f"));
    assert.equal(
      [replaced.description, replaced.enabled, replaced.metadata],
      ["", true, { owner: "a" }],
      "all but metadata is replaced",
    );
    await demand(base(), at("/flags/f"), { method: "DELETE" });
    assert.is((await ask(base(), at("/flags/f"))).status, 404);
    assert.is(
      (await ask(base(), at("/flags/f"), { method: "DELETE" })).status,
      200,
      "deleting what is absent is no error",
    );
  });
  test("flag :: a key twice is 400", async () => {
    await write("/flags", { key: "twice", name: "T" });
    assert.equal(error(await post(base(), at("/flags"), { key: "twice", name: "T" })), [
      400,
      3,
      `flag "${namespace}/twice" is not unique`,
    ]);
  });
  test("flag :: no key is 400", async () =>
    assert.equal(error(await post(base(), at("/flags"), { name: "T" })), [
      400,
      3,
      "invalid field key: must not be empty",
    ]));
  test("snapshot ETag :: moves with a write, and only then", async () => {
    await write("/flags", { key: "moves", name: "M" });
    const { etag } = await snapshot(base(), namespace);
    assert.is((await snapshot(base(), namespace)).etag, etag);
    await demand(base(), at("/flags/moves"), { method: "PUT", body: { name: "M2" } });
    assert.is.not((await snapshot(base(), namespace)).etag, etag);
  });
  test("variant flag :: rule and distribution decide the evaluation", async () => {
    await write("/segments", { key: "gold", name: "Gold", matchType: "ALL_MATCH_TYPE" });
    await write("/segments/gold/constraints", {
      type: "STRING_COMPARISON_TYPE",
      property: "plan",
      operator: "eq",
      value: "gold",
    });
    await write("/flags", { key: "v", name: "V", enabled: true });
    const variant = await write("/flags/v/variants", { key: "blue", attachment: '{"hex":"#00f"}' });
    const rule = await write("/flags/v/rules", { segmentKey: "gold", rank: 1 });
    await write(`/flags/v/rules/${rule.id}/distributions`, { variantId: variant.id, rollout: 100 });
    const asked = async (context: object): Promise<unknown[]> => {
      const { body } = await evaluate(base(), "variant", {
        namespaceKey: namespace,
        flagKey: "v",
        entityId: "e",
        context,
      });
      const { match, variantKey, variantAttachment, reason, segmentKeys } = body as Body;
      return [match, variantKey, variantAttachment, reason, segmentKeys];
    };
    assert.equal(await asked({ plan: "gold" }), [true, "blue", '{"hex":"#00f"}', "MATCH_EVALUATION_REASON", ["gold"]]);
    assert.equal(await asked({}), [false, "", "", "UNKNOWN_EVALUATION_REASON", []]);
  });
  test("number constraint :: lt is taken here", async () => {
    await write("/segments", { key: "small", name: "Small" });
    const constraint = { type: "NUMBER_COMPARISON_TYPE", property: "n", operator: "lt", value: "1" };
    assert.is((await write("/segments/small/constraints", constraint)).operator, "lt");
  });
  test("boolean flag :: a rollout of 100 % decides", async () => {
    await write("/flags", { key: "b", name: "B", type: "BOOLEAN_FLAG_TYPE", enabled: false });
    await write("/flags/b/rollouts", { rank: 1, threshold: { percentage: 100, value: true } });
    const { body } = await evaluate(base(), "boolean", { namespaceKey: namespace, flagKey: "b", entityId: "e" });
    assert.equal([(body as Body).enabled, (body as Body).reason], [true, "MATCH_EVALUATION_REASON"]);
  });
  test("namespace :: with flags it is deleted by force only", async () => {
    const [status, code] = error(await ask(base(), at(), { method: "DELETE" }));
    assert.equal([status, code], [400, 3]);
  });
  test.run();
}

/** What only a read-only instance does. */
export function sidecarContract(base: () => string): void {
  const test = suite("contract of a sidecar's refusals");
  for (const [method, path, body] of [
    ["POST", "/api/v1/namespaces", { key: "contract", name: "C" }],
    ["POST", flagPath("default"), { key: "contract", name: "C" }],
    ["PUT", flagPath("default", "contract"), { name: "C" }],
    ["DELETE", flagPath("default", "contract"), undefined],
    ["POST", "/api/v1/namespaces/default/segments", { key: "contract", name: "C" }],
  ] as const) {
    test(`write :: ${method} ${path}`, async () =>
      assert.equal(error(await ask(base(), path, { method, body })), [
        500,
        13,
        "modification is not allowed in read-only mode",
      ]));
  }
  test("default :: its updatedAt is a time", async () => {
    const { updatedAt } = await demand<{ updatedAt: string }>(base(), "/api/v1/namespaces/default");
    assert.ok(Date.parse(updatedAt) <= Date.now());
  });
  test.run();
}
