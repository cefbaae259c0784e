import type { RequestListener } from "node:http";
import { mock } from "node:test";
import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { backend } from "../src/backend.ts";
import { type LoadState, load } from "../src/load.ts";
import { order } from "../src/order.ts";
import { type Application, startApplication, startPlace } from "./application.ts";

const test = suite("load");
const boolean = { enabled: true, reason: "DEFAULT_EVALUATION_REASON", segmentKeys: [], flagKey: "f" };
const batch = JSON.stringify({ responses: [{ type: "BOOLEAN_EVALUATION_RESPONSE_TYPE", booleanResponse: boolean }] });
const question = { flagKey: "f", entityId: "u", backend: "both" };
const entities = new Set<string>();

const answering: RequestListener = (request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    if (body) entities.add(JSON.parse(body).requests[0].entityId);
    response.end(batch);
  });
};
const hanging: RequestListener = () => {};

type Place = Awaited<ReturnType<typeof startPlace>>;
let quick: Place;
let stuck: Place;
const applications: Application[] = [];

test.before(async () => {
  [quick, stuck] = await Promise.all([startPlace(answering), startPlace(hanging)]);
});
test.after.each(async () => {
  for (const app of applications.splice(0)) await app.stop();
});
test.after(() => {
  quick.stop();
  stuck.stop();
});

async function application(master: string, timeout = "400ms"): Promise<Application> {
  const env = { FLIPT_SIDECAR_URL: quick.url, FLIPT_MASTER_URL: master, REQUEST_TIMEOUT: timeout };
  const app = await startApplication(env);
  applications.push(app);
  return app;
}

async function ask(app: Application, method: string, body?: unknown): Promise<LoadState> {
  const response = await fetch(`${app.url}/api/load`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  assert.is(response.status, 200);
  return (await response.json()) as LoadState;
}

const counted = (app: Application, enough: (state: LoadState) => boolean) =>
  until<LoadState>("load", { seconds: 120, everyMs: 50 }, async () => {
    const state = await ask(app, "GET");
    return enough(state) ? { value: state } : { seen: JSON.stringify(state) };
  });

test("off :: until it is asked for", async () => {
  const app = await application(quick.url);
  const { on, secondsLeft, backends } = await ask(app, "GET");
  assert.equal({ on, secondsLeft, backends }, { on: false, secondsLeft: 0, backends: {} });
});

test("on :: asks both in turn, no oftener than it was told, with entities that differ", async () => {
  const app = await application(quick.url, "60s");
  const begin = performance.now();
  const { on, secondsLeft, perSecond } = await ask(app, "POST", { question, perSecond: 50 });
  assert.equal({ on, secondsLeft, perSecond }, { on: true, secondsLeft: 180, perSecond: 50 });
  const { backends, boundsMs } = await counted(app, ({ backends }) => (backends.master?.answered ?? 0) >= 40);
  const { sidecar, master } = backends;
  assert.ok(sidecar && master);
  const most = ((performance.now() - begin) / 1000) * 50 + 2;
  assert.ok(sidecar.answered <= most, `${sidecar.answered} are more than ${most}`);
  assert.ok(Math.abs(sidecar.answered + sidecar.skipped - master.answered - master.skipped) <= 2);
  assert.ok((sidecar.p50Ms ?? 0) > 0 && (sidecar.p99Ms ?? 0) >= (sidecar.p50Ms ?? 0));
  // the percentile is rounded to three digits
  assert.ok(sidecar.maxMs >= 0.99 * (sidecar.p99Ms ?? 0), `${sidecar.maxMs} and ${sidecar.p99Ms}`);
  assert.is(sidecar.buckets.length, boundsMs.length + 1);
  assert.is(
    sidecar.buckets.reduce((sum, count) => sum + count, 0),
    sidecar.answered,
  );
  assert.ok(entities.has("u-0") && entities.has("u-30"));
});

test("off again :: asks nobody any more, and keeps what it has measured", async () => {
  const app = await application(quick.url);
  await ask(app, "POST", { question, perSecond: 50 });
  await counted(app, ({ backends }) => (backends.master?.answered ?? 0) > 0);
  await ask(app, "DELETE");
  // what was under way has its answer with the next evaluation
  await app.evaluate({ flagKey: "f", entityId: "u" });
  const stopped = await ask(app, "GET");
  await app.evaluate({ flagKey: "f", entityId: "u" });
  const { on, backends } = await ask(app, "GET");
  assert.is(on, false);
  assert.ok((backends.sidecar?.answered ?? 0) > 0);
  assert.is(backends.sidecar?.answered, stopped.backends.sidecar?.answered);
});

test("again :: the same goes on counting, another question counts anew", async () => {
  const app = await application(quick.url);
  const same = { question, perSecond: 50 };
  await ask(app, "POST", same);
  const before = await counted(app, ({ backends }) => (backends.sidecar?.answered ?? 0) >= 5);
  const after = await ask(app, "POST", same);
  assert.ok((after.backends.sidecar?.answered ?? 0) >= (before.backends.sidecar?.answered ?? 0));
  const other = await ask(app, "POST", { ...same, question: { ...question, flagKey: "g", backend: "sidecar" } });
  assert.is(other.backends.sidecar?.answered, 0);
  assert.not("master" in other.backends);
});

/** With a clock that only the test moves: on a busy machine the real one fires late. */
async function withClock(body: (tick: (ms: number) => void) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ["setInterval", "Date"] });
  try {
    await body((ms) => mock.timers.tick(ms));
  } finally {
    mock.timers.reset();
  }
}

const backends = () => ({
  sidecar: backend("sidecar", quick.url, 60_000),
  master: backend("master", quick.url, 60_000),
});

test("pace :: a second has as many turns as were asked for, for each backend", () =>
  withClock(async (tick) => {
    const running = load(backends(), () => {});
    running.start(order({ question, perSecond: 50 }));
    tick(1000);
    running.stop();
    const turns = (): number[] =>
      Object.values(running.state().backends).map(({ answered, failed, skipped }) => answered + failed + skipped);
    // The last question is under way when the second is over.
    while (turns().some((each) => each < 50)) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(turns(), [50, 50]);
  }));

test("end :: it stops by itself, and asked again it goes on", () =>
  withClock(async (tick) => {
    const running = load(backends(), () => {}, 300);
    const wanted = order({ question: { flagKey: "f", entityId: "u" }, perSecond: 50 });
    const on = (): boolean => running.state().on;
    running.start(wanted);
    tick(290);
    assert.is(on(), true);
    tick(20);
    assert.is(on(), false);
    assert.is(running.start(wanted).on, true);
    tick(200);
    running.start(wanted);
    tick(290);
    assert.is(on(), true, "from the last time on");
    tick(20);
    assert.is(on(), false);
    assert.is(running.start(wanted).on, true);
    assert.is(running.stop().on, false);
  }));

test("a master that hangs :: is asked once at a time, the sidecar and the application do not wait for it", async () => {
  const app = await application(stuck.url, "60s");
  await ask(app, "POST", { question, perSecond: 50 });
  const { backends } = await counted(app, ({ backends }) => (backends.sidecar?.answered ?? 0) >= 30);
  assert.is((await app.evaluate({ flagKey: "f", entityId: "u" })).status, 200);
  const { failed, answered, skipped = 0 } = backends.master ?? {};
  assert.equal([failed, answered], [0, 0], "the first question is still under way");
  assert.ok(skipped >= 28, `${skipped} skipped`);
});

test("a master that hangs :: its questions end with the timeout", async () => {
  const app = await application(stuck.url);
  await ask(app, "POST", { question, perSecond: 50 });
  const { backends } = await counted(app, ({ backends }) => (backends.master?.failed ?? 0) >= 2);
  const { answered, p50Ms, lastError } = backends.master ?? {};
  assert.equal([answered, p50Ms, lastError?.kind], [0, null, "timeout"]);
});

test("metrics :: the load is counted apart", async () => {
  const app = await application("http://127.0.0.1:1");
  await app.evaluate({ flagKey: "f", entityId: "u" });
  await ask(app, "POST", { question, perSecond: 50 });
  await counted(app, ({ backends }) => (backends.master?.failed ?? 0) >= 3);
  const text = await app.metrics();
  assert.match(text, /^evaluation_client_evaluations_total\{backend="sidecar",result="ok"\} 1$/m);
  assert.not.match(text, /^evaluation_client_evaluations_total\{backend="master"/m);
  assert.match(text, /^evaluation_client_load_evaluations_total\{backend="sidecar",result="ok"\} [1-9]/m);
  assert.match(text, /^evaluation_client_load_evaluations_total\{backend="master",result="unreachable"\} [1-9]/m);
  assert.match(text, /^evaluation_client_load_duration_seconds_count\{backend="sidecar"\} [1-9]/m);
  assert.is((await app.get("/api/calls")).body.calls.length, 1);
});

const refused: [string, unknown, RegExp][] = [
  ["no question", {}, /not a JSON object/],
  ["too many a second", { question, perSecond: 51 }, /"perSecond" is not a whole number from 1 to 50/],
  ["half a question a second", { question, perSecond: 0.5 }, /"perSecond" is not/],
  ["an unknown field", { question, rate: 1 }, /"rate" is unknown/],
  ["a flag that is no key", { question: { ...question, flagKey: "../x" } }, /"flagKey" is not a key/],
];
for (const [title, body, message] of refused) {
  test(`refuses :: ${title}`, () => assert.throws(() => order(body), message));
}

for (const method of ["POST", "DELETE"]) {
  for (const site of ["cross-site", "same-site", "same-origin", "none"]) {
    test(`load :: ${method} of a browser, ${site}`, async () => {
      const app = await application(quick.url);
      if (method === "DELETE") await ask(app, "POST", { question });
      const headers = { "sec-fetch-site": site };
      const body = method === "POST" ? JSON.stringify({ question }) : null;
      const response = await fetch(`${app.url}/api/load`, { method, headers, body });
      const allowed = site === "same-origin" || site === "none";
      assert.is(response.status, allowed ? 200 : 403);
      const running = (await ask(app, "GET")).on;
      assert.is(running, (method === "POST") === allowed);
      if (allowed) return;
      assert.equal(await response.json(), {
        error: {
          kind: "forbidden",
          message: `a page of another site asks (sec-fetch-site: ${site}): open this program's own page`,
        },
      });
    });
  }
}

test.run();
