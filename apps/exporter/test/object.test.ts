import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import { run } from "../src/run.ts";
import { objectPlace, startS3rver } from "./place.ts";
import { asItIs, startProxy, type Treatment } from "./proxy.ts";
import { failWith } from "./spoil.ts";
import { mark, settings, stream } from "./state.ts";

const master = await startMaster({ state: stream("one") });
const store = await startS3rver();
const proxy = await startProxy(store.endpoint);
const place = objectPlace(proxy.url, store.keys);
const go = () => run(settings(master.url, place.sink));
const puts = () => proxy.seen.filter(({ method }) => method === "PUT");

const notImplemented: Treatment = (response) => {
  const body = "<Error><Code>NotImplemented</Code><Message>no conditions</Message></Error>";
  response.writeHead(501, { "content-type": "application/xml" }).end(body);
};

const test = suite("object");
test.before.each(() => proxy.reset());
test.after(async () => {
  await Promise.all([proxy.stop(), master.stop(), store.stop(), place.stop()]);
});

for (const [name, name_] of [
  ["the first time", "one"],
  ["again", "two"],
] as const) {
  test(`published :: ${name}, by one PUT, and said that the store ignores conditions`, async () => {
    await mark(master.url, name_);
    const outcome = await go();
    assert.equal([outcome.outcome, outcome.conditional], ["published", false], outcome.message);
    assert.is(puts().length, 1);
    assert.is(await place.read(), stream(name_));
  });
}

test("unchanged :: asks the store by HEAD, downloads and writes nothing", async () => {
  const outcome = await go();
  assert.equal([outcome.outcome, outcome.reads, outcome.bytes], ["unchanged", 0, stream("two").length]);
  assert.equal(
    proxy.seen.map(({ method }) => method),
    ["HEAD"],
  );
});

test("unchanged :: an ETag that is no MD5, as with a key of one's own, is looked up in the bytes", async () => {
  proxy.treat = ({ method }) => {
    if (method !== "HEAD") return undefined;
    return (response, reply) =>
      asItIs(response, { ...reply, headers: { ...reply.headers, etag: `"${"0".repeat(32)}"` } });
  };
  assert.equal([(await go()).outcome, (await go()).reads], ["unchanged", 0]);
  assert.equal(
    proxy.seen.map(({ method }) => method),
    ["HEAD", "GET", "HEAD", "GET"],
  );
});

test("alone :: someone else published during the run", async () => {
  await mark(master.url, "three");
  let reads = 0;
  proxy.treat = async ({ method }) => {
    reads += method === "GET" ? 1 : 0;
    if (method === "GET" && reads === 1) await objectPlace(store.endpoint, store.keys).write(stream("other"));
    return undefined;
  };
  const outcome = await go();
  assert.equal([outcome.exit, outcome.gate], [1, "alone"], outcome.message);
  assert.is(await place.read(), stream("other"));
});

test("conditions :: a store that lacks them (501) is written without", async () => {
  await mark(master.url, "four");
  proxy.treat = ({ method, headers }) => (method === "PUT" && headers["if-match"] ? notImplemented : undefined);
  const outcome = await go();
  assert.equal([outcome.outcome, outcome.conditional], ["published", false], outcome.message);
});

test("read back :: the published bytes are not ours", async () => {
  await mark(master.url, "five");
  proxy.treat = ({ method }) => {
    if (method !== "GET" || puts().length === 0) return undefined;
    return (response, reply) => asItIs(response, { ...reply, body: Buffer.from("version: '1.4'\n") });
  };
  const outcome = await go();
  assert.equal([outcome.exit, outcome.gate], [1, "read back"], outcome.message);
  assert.match(outcome.message, /holds 15 bytes with md5/);
});

test("unreachable :: nothing listens, or the store is full or overloaded", async () => {
  const silent = objectPlace(`http://127.0.0.1:${await freePort()}`, store.keys);
  const down = await run(settings(master.url, silent.sink));
  assert.is(down.exit, 3);
  assert.match(down.message, /read of "s3:\/\/flipt\/features.yml": ECONNREFUSED, is the store up/);
  for (const [status, told] of [
    [503, /: 503 [^\n]*, the store is overloaded: run again later$/],
    [507, /: 507 [^\n]*, the store answers and cannot: look at its disk and its log$/],
  ] as const) {
    proxy.treat = () => failWith(status);
    const broken = await go();
    assert.is(broken.exit, 3, broken.message);
    assert.match(broken.message, told);
  }
});

test.run();
