import { stat } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import type { Config } from "../src/config.ts";
import type { Outcome } from "../src/outcome.ts";
import { run } from "../src/run.ts";
import { filePlace, refusing } from "./place.ts";
import { type Relay, startProxy, type Treatment } from "./proxy.ts";
import { cutAt, edit, failWith, garbage, reset, shortTo } from "./spoil.ts";
import { call, mark, settings, stream } from "./state.ts";

const master = await startMaster({ state: stream("one") });
const proxy = await startProxy(master.url);
const place = await filePlace();
const go = (more: Partial<Config> = {}): Promise<Outcome> => run(settings(proxy.url, place.sink, more));
const snapshot = ({ path }: { path: string }): boolean => path.includes("/snapshot/");

const test = suite("run");
test.before.each(async () => {
  proxy.reset();
  await mark(master.url, "one");
  assert.is((await go()).exit, 0);
  proxy.reset();
});
test.after(async () => {
  await proxy.stop();
  await master.stop();
  await place.stop();
});

const refuses = refusing(place, go);

test("published :: the canonical stream of the master's state", async () => {
  await mark(master.url, "two");
  const outcome = await go();
  assert.is(outcome.outcome, "published");
  assert.is(await place.read(), stream("two"));
  assert.equal([outcome.namespaces, outcome.flags, outcome.reads], [2, 5, 1]);
  assert.is((await stat(place.path)).mode & 0o777, 0o644);
});

test("unchanged :: one list and one 304 a namespace, nothing else", async () => {
  const outcome = await go();
  assert.is(outcome.outcome, "unchanged");
  assert.equal([outcome.namespaces, outcome.flags], [2, 5]);
  assert.equal(
    proxy.seen.map(({ status }) => status),
    [200, 304, 304],
  );
  assert.is(proxy.seen.filter(snapshot).length, 2);
});

test("unchanged :: a hint is not believed when the published bytes are others", async () => {
  await place.write(stream("someone else's"));
  assert.is((await go()).outcome, "published");
  assert.is(await place.read(), stream("one"));
});

test("changed :: equal bytes are not written, though the master was", async () => {
  const before = await stat(place.path);
  await mark(master.url, "one");
  const outcome = await go();
  assert.equal([outcome.outcome, outcome.reads], ["unchanged", 1]);
  const after = await stat(place.path);
  assert.equal([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
  proxy.reset();
  await go();
  assert.is(proxy.seen.length, 3, "the hint is renewed");
});

test("namespaces :: only those of FLIPT_NAMESPACES", async () => {
  const other = await filePlace();
  const flipt = { url: new URL(proxy.url), namespaces: ["production"] };
  assert.is((await run(settings(proxy.url, other.sink, { flipt }))).flags, 2);
  assert.not.match((await other.read()) ?? "", /key: default/);
  await other.stop();
});

test("namespaces :: one that the master lacks is a bad configuration", async () => {
  await refuses(
    { exit: 2, message: /names "absent", but the master has only "default", "production"/ },
    { flipt: { url: new URL(proxy.url), namespaces: ["absent"] } },
  );
});

test("token :: is sent, and a refusal names the variable", async () => {
  proxy.treat = () => failWith(401);
  const flipt = { url: new URL(proxy.url), token: "s3cret" };
  const { message } = await refuses({ exit: 2, message: /401 Unauthorized: set FLIPT_TOKEN/ }, { flipt });
  assert.is(proxy.seen[0]?.headers.authorization, "Bearer s3cret");
  assert.not.match(message, /s3cret/);
});

test("unreachable :: nothing listens", async () => {
  const flipt = { url: new URL(`http://127.0.0.1:${await freePort()}`) };
  await refuses({ exit: 3, message: /ECONNREFUSED, is the master up/ }, { flipt });
});

const busy =
  (status: number, after?: string): Treatment =>
  (response) =>
    void response.writeHead(status, { ...(after && { "retry-after": after }) }).end("<html>busy</html>");

for (const [name, treatment, message] of [
  ["503", failWith(503), /503 Service Unavailable: spoilt, the master is overloaded: run again later$/],
  ["503, for seven seconds", busy(503, "7"), /503 Service Unavailable, the master is overloaded: run again in 7 s$/],
  ["429", busy(429), /429 Too Many Requests, the master is overloaded: run again later$/],
  [
    "429, until a date",
    busy(429, "Wed, 21 Oct 2026 07:28:00 GMT"),
    /429 Too Many Requests, the master is overloaded: run again after 2026-10-21T07:28:00.000Z$/,
  ],
  ["429, with nonsense", busy(429, "soon"), /run again later$/],
  ["502 of a proxy", busy(502), /502 Bad Gateway, is the master up\?$/],
  ["404", failWith(404), /404 Not Found/],
  ["404 of something else", busy(404), /404 Not Found, is FLIPT_URL the address of a Flipt v1\?$/],
  ["reset", reset, /ECONNRESET/],
  ["cut", cutAt(20), /ECONNRESET|aborted/],
  ["short", shortTo(20), /is not JSON/],
  ["empty", shortTo(0), /is not JSON/],
  ["garbage", garbage, /is not JSON/],
  ["no list", edit((page) => delete page.rules), /no list "rules"/],
  ["no count", edit((page) => delete page.totalCount), /no number "totalCount"/],
  ["no rank", edit((page) => delete page.rules[0].rank), /no number "rank"/],
] as const) {
  test(`unreachable :: rules answered by ${name}`, async () => {
    await mark(master.url, "two");
    proxy.treat = ({ path }) => (path.includes("/colour/rules") ? treatment : undefined);
    await refuses({ exit: 3, message });
  });
}

for (const [name, path, body, message] of [
  [
    "type of a flag",
    "flags",
    { key: "odd", name: "Odd", type: 7 },
    /flag "default\/odd": .*type: conflicting values "7"/,
  ],
  ["match type of a segment", "segments", { key: "odd", name: "Odd", matchType: 9 }, /segment "default\/odd": .*"9"/],
] as const) {
  test(`valid :: an unknown ${name} is named`, async () => {
    await call(master.url, "POST", `/default/${path}`, body);
    await refuses({ exit: 1, gate: "valid", message });
    await call(master.url, "DELETE", `/default/${path}/odd`);
  });
}

const double = edit((page) => page.flags.push(page.flags[0]));
const drop = edit((page) => page.flags.pop());
const endless = edit((page) => Object.assign(page, { flags: [], nextPageToken: "more" }));
const wrongVariant = edit((page) => {
  page.rules[0].distributions[0].variantId = "another";
});
for (const [name, pattern, treatment, message] of [
  ["a flag twice", /\/flags\?/, double, /lists "banner" twice/],
  ["a flag less than counted", /\/flags\?/, drop, /lists 2 of 3 items/],
  ["an empty page in the middle", /\/flags\?/, endless, /empty page/],
  ["a distribution of an unknown variant", /\/colour\/rules/, wrongVariant, /names a variant that its flag lacks/],
] as const) {
  test(`whole :: ${name}`, async () => {
    await mark(master.url, "two");
    proxy.treat = ({ path }) => (pattern.test(path) && path.includes("/default/") ? treatment : undefined);
    await refuses({ exit: 1, gate: "whole", message });
    const again = proxy.seen.filter(({ path }) => pattern.test(path) && path.includes("/default/"));
    assert.ok(again.length >= 3, "reads three times");
  });
}

/** Writes to the master at the first answers that match. */
function writeDuring(seen: Relay, pattern: RegExp, times: number, write: (turn: number) => Promise<void>): void {
  let turn = 0;
  seen.treat = async ({ path }) => {
    if (!pattern.test(path) || turn >= times) return undefined;
    turn += 1;
    await write(turn);
    return undefined;
  };
}

test("whole :: a write during the read is read again", async () => {
  await mark(master.url, "two");
  writeDuring(proxy, /\/default\/flags\?/, 1, () => mark(master.url, "three"));
  const outcome = await go();
  assert.equal([outcome.outcome, outcome.reads], ["published", 2]);
  assert.is(await place.read(), stream("three"));
});

test("whole :: a write during each read is refused after three", async () => {
  await mark(master.url, "two");
  writeDuring(proxy, /\/default\/flags\?/, 9, (turn) => mark(master.url, `turn ${turn}`));
  await refuses({ exit: 1, gate: "whole", message: /not at rest in 3 reads: namespace "default" changed meanwhile/ });
  assert.is(proxy.seen.filter(({ path }) => /\/default\/flags\?/.test(path)).length, 3);
});

test("whole :: a namespace that appears during each read is refused", async () => {
  await mark(master.url, "two");
  writeDuring(proxy, /\/default\/flags\?/, 9, (turn) =>
    call(master.url, "POST", "", { key: `new-${turn}`, name: "New" }),
  );
  await refuses({ exit: 1, gate: "whole", message: /2 namespaces, then 3|4 namespaces, then 5/ });
  for (const turn of [1, 2, 3]) await call(master.url, "DELETE", `/new-${turn}`);
});

test("valid :: what a sidecar would not load, named as on the master", async () => {
  const constraint = { type: "NUMBER_COMPARISON_TYPE", property: "age", operator: "lt", value: "5" };
  await call(master.url, "POST", "/default/segments", { key: "young", name: "Young" });
  await call(master.url, "POST", "/default/segments/young/constraints", constraint);
  await refuses({ exit: 1, gate: "valid", message: /segment "default\/young".*change it on the master/ });
  await call(master.url, "DELETE", "/default/segments/young");
});

test("alone :: someone else published during the run", async () => {
  await mark(master.url, "two");
  writeDuring(proxy, /\/default\/flags\?/, 1, () => place.write(stream("someone else's")));
  const outcome = await go();
  assert.equal([outcome.exit, outcome.gate], [1, "alone"]);
  assert.is(await place.read(), stream("someone else's"));
});

test("bounded :: never more than eight requests at once, and no fewer where there is work", async () => {
  for (let n = 0; n < 40; n += 1)
    await call(master.url, "POST", "/production/flags", { key: `many-${n}`, name: "Many", type: "BOOLEAN_FLAG_TYPE" });
  proxy.treat = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return undefined;
  };
  assert.is((await go()).exit, 0);
  assert.is(proxy.mostAtOnce, 8);
  for (let n = 0; n < 40; n += 1) await call(master.url, "DELETE", `/production/flags/many-${n}`);
  assert.is((await go({ allowShrink: true })).exit, 0);
});

test.run();
