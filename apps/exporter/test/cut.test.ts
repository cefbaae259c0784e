import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { run } from "../src/run.ts";
import { filePlace, objectPlace, type Place, startS3rver } from "./place.ts";
import { startProxy, type Treatment } from "./proxy.ts";
import { cutAt, failWith, garbage, reset, shortTo, stall } from "./spoil.ts";
import { mark, settings, stream } from "./state.ts";

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const POINTS = { file: 700, object: 350 };
// a stalled answer must not cost its ten seconds
const TIMEOUT_MS = 400;

const master = await startMaster({ state: stream("0") });
const proxy = await startProxy(master.url);
const store = await startS3rver();
const test = suite(`cut (seed ${seed})`);
test.after(async () => {
  await Promise.all([proxy.stop(), master.stop(), store.stop()]);
});

const spoilt: fc.Arbitrary<Treatment> = fc.oneof(
  { weight: 40, arbitrary: fc.nat(1500).map(cutAt) },
  { weight: 40, arbitrary: fc.nat(1500).map(shortTo) },
  { weight: 10, arbitrary: fc.constantFrom(reset, garbage, failWith(500), failWith(503), failWith(404)) },
  { weight: 1, arbitrary: fc.constant(stall) },
);
/** Which answers of a run are spoilt, counted from the first, and how. */
const points = fc.uniqueArray(fc.tuple(fc.nat(20), spoilt), {
  minLength: 1,
  maxLength: 3,
  selector: ([index]) => index,
});

/** Looks at a place all the time; what it sees must be a state of the list, and never an earlier one than before. */
function watch(place: Place, states: string[]) {
  let going = true;
  let reads = 0;
  const done = (async () => {
    for (let at = 0; going; reads += 1) {
      const text = await place.read();
      const found = text === undefined ? -1 : states.indexOf(text, at);
      if (found < 0 && (text !== undefined || reads > 0))
        throw new Error(`a reader saw ${text?.length} bytes that were no state`);
      at = Math.max(at, found);
      await turn();
    }
  })();
  const stop = async (): Promise<number> => {
    going = false;
    await done;
    return reads;
  };
  return { stop, done };
}

async function suffer(place: Place, count: number): Promise<Record<string, number>> {
  const states = [stream("0")];
  await mark(master.url, "0");
  proxy.reset();
  assert.is((await run(settings(proxy.url, place.sink))).exit, 0);
  const reader = watch(place, states);
  const tally: Record<string, number> = {};
  for (const [index, spoils] of fc.sample(points, { seed, numRuns: count }).entries()) {
    const name = String(index + 1);
    await mark(master.url, name);
    states.push(stream(name));
    const before = await place.read();
    proxy.reset();
    proxy.treat = (_, request) => spoils.find(([at]) => at === request)?.[1];
    const outcome = await run(settings(proxy.url, place.sink, { timeoutMs: TIMEOUT_MS }));
    const key = `${outcome.outcome} ${outcome.gate ?? ""}`.trim();
    tally[key] = (tally[key] ?? 0) + 1;
    const expected = outcome.outcome === "published" ? stream(name) : before;
    assert.is(await place.read(), expected, `point ${index}: ${outcome.message}`);
    assert.is(outcome.outcome === "published", outcome.exit === 0, outcome.message);
  }
  return { ...tally, reads: await reader.stop() };
}

for (const [kind, count] of Object.entries(POINTS)) {
  test(`${kind} :: ${count} points, a reader sees only complete states`, async () => {
    const place = kind === "file" ? await filePlace() : objectPlace(store.endpoint, store.keys);
    const tally = await suffer(place, count);
    console.log(`${kind}: ${JSON.stringify(tally)}`);
    assert.ok((tally.failed ?? 0) > count / 2, "most points hurt");
    await place.stop();
  });
}

test.run();
