import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { run } from "../src/run.ts";
import { filePlace, objectPlace, type Place, startS3rver } from "./place.ts";
import { startProxy, type Treatment } from "./proxy.ts";
import { watch } from "./reader.ts";
import { cutAt, failWith, garbage, reset, shortTo, stall } from "./spoil.ts";
import { mark, settings, stream } from "./state.ts";

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const POINTS = { file: 800, object: 250 };
// a stalled answer must not cost its ten seconds
const TIMEOUT_MS = 400;

const master = await startMaster({ state: stream("0") });
const proxy = await startProxy(master.url);
const store = await startS3rver();
const test = suite(`cut (seed ${seed})`);
test.after(async () => {
  await Promise.all([proxy.stop(), master.stop(), store.stop()]);
});

const at = (part: number, spoil: (bytes: number) => Treatment): Treatment => {
  return (response, reply) => spoil(Math.floor(part * reply.body.length))(response, reply);
};
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const spoilt: fc.Arbitrary<Treatment> = fc.oneof(
  { weight: 40, arbitrary: part.map((each) => at(each, cutAt)) },
  { weight: 40, arbitrary: part.map((each) => at(each, shortTo)) },
  { weight: 10, arbitrary: fc.constantFrom(reset, garbage, failWith(500), failWith(503), failWith(404)) },
  { weight: 1, arbitrary: fc.constant(stall) },
);
/** Which answers of a run are spoilt, counted from the first, and how. */
const points = fc.uniqueArray(fc.tuple(fc.nat(13), spoilt), {
  minLength: 1,
  maxLength: 3,
  selector: ([index]) => index,
});

async function suffer(place: Place, count: number, watched: boolean): Promise<Record<string, number>> {
  const states = [stream("0")];
  await mark(master.url, "0");
  proxy.reset();
  assert.is((await run(settings(proxy.url, place.sink))).exit, 0);
  const reader = watched ? watch(place, states) : undefined;
  const tally: Record<string, number> = {};
  try {
    for (const [index, spoils] of fc.sample(points, { seed, numRuns: count }).entries()) {
      const name = String(index + 1);
      await mark(master.url, name);
      states.push(stream(name));
      const before = await place.read();
      proxy.reset();
      proxy.treat = (_, request) => spoils.find(([index]) => index === request)?.[1];
      const outcome = await run(settings(proxy.url, place.sink, { timeoutMs: TIMEOUT_MS }));
      const key = `${outcome.outcome} ${outcome.gate ?? ""}`.trim();
      tally[key] = (tally[key] ?? 0) + 1;
      // a run whose time is over may have published just before: a complete state all the same
      const late = outcome.gate === "bounded" && (await place.read()) === stream(name);
      const expected = outcome.outcome === "published" || late ? stream(name) : before;
      assert.is(await place.read(), expected, `point ${index}: ${outcome.message}`);
    }
  } finally {
    tally.reads = (await reader?.stop()) ?? 0;
  }
  return tally;
}

for (const [kind, count] of Object.entries(POINTS)) {
  // s3rver writes into the object that it serves: only between two runs can it be read whole
  test(`${kind} :: ${count} points, ${kind === "file" ? "a reader sees" : "every run leaves"} only complete states`, async () => {
    const place = kind === "file" ? await filePlace() : objectPlace(store.endpoint, store.keys);
    const tally = await suffer(place, count, kind === "file");
    console.log(`\nmeasured: seed ${seed}, ${kind}, ${JSON.stringify(tally)}`);
    assert.ok((tally.published ?? 0) < count / 2, "most points hurt");
    await place.stop();
  });
}

test.run();
