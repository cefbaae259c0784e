import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import type { Config } from "../src/config.ts";
import { decodeHint, encodeHint } from "../src/hint.ts";
import { run } from "../src/run.ts";
import { filePlace, refusing } from "./place.ts";
import { call, mark, settings, stream } from "./state.ts";

const master = await startMaster({ state: stream("one") });
const place = await filePlace();
const go = (more: Partial<Config> = {}) => run(settings(master.url, place.sink, more));
const refuses = refusing(place, go);

const test = suite("size");
test.before.each(async () => {
  await mark(master.url, "one");
  assert.is((await go()).exit, 0);
});
test.after(async () => {
  await Promise.all([master.stop(), place.stop()]);
});

test("not shrunk :: fewer than half of the flags now published", async () => {
  for (const key of ["banner", "colour"]) await call(master.url, "DELETE", `/default/flags/${key}`);
  const message =
    /namespace "default" has 1 flags, 3 are published.*export --allow-shrink \(or EXPORT_ALLOW_SHRINK=true\)/;
  await refuses({ exit: 1, gate: "not shrunk", message });
  assert.is((await go({ maxShrink: 0.7 })).outcome, "published");
});

test("not shrunk :: a namespace that is gone, until allowed", async () => {
  const flipt = { url: new URL(master.url), namespaces: ["default"] };
  await refuses({ exit: 1, gate: "not shrunk", message: /namespace "production" is gone/ }, { flipt });
  assert.is((await go({ flipt, allowShrink: true })).outcome, "published");
});

for (const text of ["flags: [", "", "# nothing\n"]) {
  test(`not shrunk :: ${JSON.stringify(text)} counts as no publication`, async () => {
    await place.write(text);
    assert.is((await go()).outcome, "published");
  });
}

const addFlags = async (names: string[], description = "") => {
  for (const key of names)
    await call(master.url, "POST", "/production/flags", { key, name: key, description, type: "BOOLEAN_FLAG_TYPE" });
};
const removeFlags = async (names: string[]) => {
  for (const key of names) await call(master.url, "DELETE", `/production/flags/${key}`);
};
const six = Array.from({ length: 6 }, (_, n) => `more-${n}`);
const hintPath = join(place.dir, ".features.yml.hint");

test("not shrunk :: in small steps, each of them allowed, until an hour has gone by", async () => {
  await addFlags(six);
  assert.is((await go()).flags, 9, "8 of them in production");
  await removeFlags(six.slice(0, 4));
  assert.is((await go()).outcome, "published", "half of them");
  await removeFlags(six.slice(4));
  const message = /namespace "production" has 2 flags, 4 are published, 8 were within the last hour/;
  await refuses({ exit: 1, gate: "not shrunk", message });

  const line = decodeHint(await readFile(hintPath, "utf8"));
  assert.ok(line?.peak);
  assert.equal(line.peak.flags, [1, 8]);
  // from before the clock was set back by a day: it does not count either
  await writeFile(hintPath, encodeHint({ ...line, peak: { ...line.peak, at: line.peak.at + 86_400 } }));
  await addFlags(["another"]);
  assert.is((await go()).outcome, "published");
  await removeFlags(["another"]);
  assert.is((await go()).outcome, "published");
});

test("not shrunk :: what was allowed by name is forgotten", async () => {
  await addFlags(six);
  await go();
  await removeFlags(six);
  assert.is((await go({ allowShrink: true })).outcome, "published");
  assert.is(decodeHint(await readFile(hintPath, "utf8"))?.peak, undefined);
});

test("not grown :: more than tenfold and 64 KiB, until allowed", async () => {
  const names = Array.from({ length: 16 }, (_, n) => `long-${n}`);
  await addFlags(names.slice(0, 14), "x".repeat(4000));
  assert.is((await go()).outcome, "published", "58 times as long, but below 64 KiB");
  await removeFlags(names);
  assert.is((await go({ allowShrink: true })).outcome, "published");
  await addFlags(names, "x".repeat(5000));
  const message =
    /refusing to publish 8\d{4} bytes with 19 flags, for which a sidecar needs about \d+ MiB of memory, over "file:.*: \d{3} bytes are published \(EXPORT_MAX_GROWTH is 10\).*export --allow-growth \(or EXPORT_ALLOW_GROWTH=true\)/;
  await refuses({ exit: 1, gate: "not grown", message });
  await refuses(
    { exit: 1, gate: "not grown", message: /EXPORT_MAX_BYTES is 70000; raise it/ },
    { maxBytes: 70_000, allowGrowth: true },
  );
  assert.is((await go({ allowGrowth: true })).outcome, "published");
  await removeFlags(names);
  assert.is((await go({ allowShrink: true })).outcome, "published");
});

test("not grown :: nothing published before, or nothing with a flag in it, is no measure", async () => {
  await addFlags(["long"], "x".repeat(70_000));
  await place.write("# nothing\n");
  assert.is((await go()).outcome, "published");
  await removeFlags(["long"]);
  assert.is((await go()).outcome, "published");
});

test("not empty :: no flag at all, until allowed", async () => {
  const empty = await startMaster();
  const flipt = { url: new URL(empty.url) };
  const message = /no flag at all over "file:.*export --allow-empty \(or EXPORT_ALLOW_EMPTY=true\)/;
  await refuses({ exit: 1, gate: "not empty", message }, { flipt });
  await refuses({ exit: 1, gate: "not empty", message }, { flipt, allowShrink: true });
  assert.is((await go({ flipt, allowEmpty: true })).outcome, "published");
  await empty.stop();
});

test.run();
