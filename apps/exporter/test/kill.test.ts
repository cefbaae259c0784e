import { type FSWatcher, watch as watchFolder } from "node:fs";
import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { repository, start } from "../../../testing/process.ts";
import { filePlace, objectPlace, type Place, startS3rver } from "./place.ts";
import { startProxy } from "./proxy.ts";
import { watch } from "./reader.ts";
import { mark, stream } from "./state.ts";

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
const POINTS = 26;

const master = await startMaster({ state: stream("0") });
const proxy = await startProxy(master.url);
const store = await startS3rver();
const test = suite(`kill (seed ${seed})`);
test.after(async () => {
  await Promise.all([proxy.stop(), master.stop(), store.stop()]);
});

const exporter = (env: Record<string, string>) =>
  start(process.execPath, {
    args: ["--import", "tsx", repository("apps/exporter/src/main.ts")],
    env: { FLIPT_URL: proxy.url, ...env },
    cwd: repository("."),
  });

/** Reports what happens where the run publishes, until it is called off. */
type Events = (happened: () => void) => () => void;

/** Kills at the n-th thing that happens: an answer of the master, then a change of the folder or a request to the store. */
async function suffer(place: Place, env: Record<string, string>, watched: boolean, events: Events) {
  const states = [stream("0")];
  await mark(master.url, "0");
  proxy.reset();
  assert.is((await exporter(env).finished).code, 0);
  const tally = { killed: 0, done: 0, published: 0, reads: 0 };
  for (const [index, n] of fc
    .sample(fc.integer({ min: 4, max: watched ? 24 : 19 }), { seed, numRuns: 2 * POINTS })
    .entries()) {
    if (tally.killed === POINTS) break; // a run that was over before its point does not count
    await mark(master.url, `state ${index}`);
    states.push(stream(`state ${index}`));
    const running = exporter(env);
    let count = 0;
    const happened = (): void => {
      count += 1;
      if (count === n) running.child.kill("SIGKILL");
    };
    proxy.treat = () => void happened();
    const stop = events(happened);
    const reader = watched ? watch(place, states) : undefined;
    const { signal, code, stderr } = await running.finished;
    stop();
    tally.reads += (await reader?.stop()) ?? 0;
    const text = await settled(place, states);
    assert.ok(signal === "SIGKILL" || code === 0 || code === 1, stderr);
    tally[signal === "SIGKILL" ? "killed" : "done"] += 1;
    if (text === states.at(-1)) tally.published += 1;
  }
  proxy.reset();
  await mark(master.url, "last");
  states.push(stream("last"));
  const last = await until<string>("a run after all kills", { seconds: 120, everyMs: 500 }, async () => {
    const { code, stderr } = await exporter(env).finished;
    return code === 0 ? { value: stderr } : { seen: stderr };
  });
  assert.match(last, /published/);
  assert.is(await settled(place, states), states.at(-1) ?? "");
  return tally;
}

/** The store may still be busy with the last request of a run that was killed. */
function settled(place: Place, states: string[]): Promise<string> {
  return until<string>("a complete state", { seconds: 120, everyMs: 20 }, async () => {
    const text = await place.read();
    return text !== undefined && states.includes(text)
      ? { value: text }
      : { seen: `${text?.length} bytes that were no state` };
  });
}

test(`file :: ${POINTS} points, a reader sees only complete states, and the next run publishes`, async () => {
  const place = await filePlace();
  const tally = await suffer(place, { SINK_URL: place.sink.url }, true, (happened) => {
    const watcher: FSWatcher = watchFolder(place.dir, happened);
    return () => watcher.close();
  });
  const left = (await readdir(place.dir)).filter((name) => name.endsWith(".claim"));
  assert.equal(left, [], "no claim outlives the next run that publishes");
  console.log(`\nmeasured: file, ${JSON.stringify(tally)}`);
  assert.is(tally.killed, POINTS);
  await place.stop();
});

test(`object :: ${POINTS} points, every one leaves a complete state, and the next run publishes`, async () => {
  const relay = await startProxy(store.endpoint);
  const place = objectPlace(store.endpoint, store.keys);
  const { accessKeyId, secretAccessKey } = store.keys;
  const aws = {
    AWS_ENDPOINT_URL_S3: relay.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const tally = await suffer(place, { SINK_URL: place.sink.url, ...aws }, false, (happened) => {
    relay.treat = () => void happened();
    return () => relay.reset();
  });
  console.log(`\nmeasured: object, ${JSON.stringify(tally)}`);
  assert.is(tally.killed, POINTS);
  await Promise.all([relay.stop(), place.stop()]);
});

test.run();
