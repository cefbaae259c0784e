import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { claim } from "../src/sinks/claim.ts";
import { fileSink } from "../src/sinks/file.ts";
import type { Stop } from "../src/stop.ts";
import { filePlace } from "./place.ts";

const test = suite("file");
const open = async () => {
  const place = await filePlace();
  return {
    ...place,
    file: fileSink({ kind: "file", url: place.sink.url, path: place.path }, new AbortController().signal),
  };
};
const refusal = (work: Promise<unknown>): Promise<Stop> =>
  work.then(
    () => assert.unreachable("should refuse") as never,
    (error: Stop) => error,
  );
const old = async (path: string, seconds: number): Promise<void> => {
  await writeFile(path, "left behind");
  const then = Date.now() / 1000 - seconds;
  await utimes(path, then, then);
};

test("write :: mode 0644 whatever the umask, nothing left but file and hint", async () => {
  const { file, dir, path, read, stop } = await open();
  const umask = process.umask(0o077);
  await file.write(Buffer.from("a: 1\n"), "hint", "absent");
  process.umask(umask);
  assert.is(await read(), "a: 1\n");
  assert.is((await stat(path)).mode & 0o777, 0o644);
  assert.equal((await readdir(dir)).sort(), [".features.yml.hint", "features.yml"]);
  await stop();
});

test("names :: nothing beside the file would be loaded by Flipt", async () => {
  const { file, dir, stop } = await open();
  const { watch } = await import("node:fs");
  const seen = new Set<string>();
  const watcher = watch(dir, (_, name) => seen.add(String(name)));
  await file.write(Buffer.from("a: 1\n"), "hint", "absent");
  await new Promise((resolve) => setImmediate(resolve));
  watcher.close();
  assert.ok(seen.size >= 3, [...seen].join());
  assert.equal(
    [...seen].filter((name) => /features\.ya?ml$/.test(name)),
    ["features.yml"].filter((name) => seen.has(name)),
  );
  await stop();
});

test("alone :: another file than the one that was read", async () => {
  const { file, read, write, dir, stop } = await open();
  await write("theirs");
  const error = await refusal(file.write(Buffer.from("ours"), "", "absent"));
  assert.is(error.gate, "alone");
  assert.is(await read(), "theirs");
  assert.equal(await readdir(dir), ["features.yml"]);
  await stop();
});

test("claim :: a second one is refused, and granted after release", async () => {
  const { path, dir, stop } = await open();
  const first = await claim(path);
  assert.is((await refusal(claim(path))).gate, "alone");
  await first.release();
  await (await claim(path)).release();
  assert.equal(await readdir(dir), []);
  await stop();
});

test("claim :: of many at once at most one is granted", async () => {
  const { path, dir, stop } = await open();
  for (let round = 0; round < 20; round += 1) {
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => claim(path)));
    const granted = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.ok(granted.length <= 1, `${granted.length} granted`);
    for (const one of granted) await one.release();
    assert.equal(await readdir(dir), []);
  }
  await stop();
});

test("left-overs :: of killed runs are removed when a run begins, those of a minute ago are not", async () => {
  const { file, dir, stop } = await open();
  await old(join(dir, ".features.yml.x.tmp"), 61);
  await old(join(dir, ".features.yml.y.tmp"), 30);
  await old(join(dir, "features.yml.tmp"), 3600);
  assert.is(await file.look(), "unknown");
  assert.equal((await readdir(dir)).sort(), [".features.yml.y.tmp", "features.yml.tmp"]);
  await stop();
});

test("left-overs :: from before the clock was set back are a minute old a minute later", async () => {
  const { file, dir, stop } = await open();
  const left = join(dir, ".features.yml.x.tmp");
  await old(left, -3600);
  await file.look();
  assert.ok(Math.abs((await stat(left)).mtimeMs - Date.now()) < 10_000);
  await stop();
});

test("claim :: of a killed run counts for nothing and is removed", async () => {
  const { file, dir, stop } = await open();
  await old(join(dir, ".features.yml.x.claim"), 6);
  await file.write(Buffer.from("a: 1\n"), "hint", "absent");
  assert.equal((await readdir(dir)).sort(), [".features.yml.hint", "features.yml"]);
  await stop();
});

test("claim :: from before the clock was set back blocks for the lease, not for as long as the clock was off", async () => {
  const { file, dir, stop } = await open();
  const left = join(dir, ".features.yml.x.claim");
  await old(left, -7200);
  assert.is((await refusal(file.write(Buffer.from("a: 1\n"), "hint", "absent"))).gate, "alone");
  assert.ok((await stat(left)).mtimeMs < Date.now() + 1000, "it is dated now");
  // five seconds later
  await old(left, 6);
  await file.write(Buffer.from("a: 1\n"), "hint", "absent");
  assert.equal((await readdir(dir)).sort(), [".features.yml.hint", "features.yml"]);
  await stop();
});

test("claim :: of a run killed just now is still respected", async () => {
  const { file, dir, read, stop } = await open();
  await old(join(dir, ".features.yml.x.claim"), 1);
  assert.is((await refusal(file.write(Buffer.from("a: 1\n"), "hint", "absent"))).gate, "alone");
  assert.is(await read(), undefined);
  await stop();
});

test("rights :: a folder that is missing, a path below a file, a folder in its place", async () => {
  const { dir, path, write, stop } = await open();
  await write("x");
  await mkdir(join(dir, "folder"));
  for (const wrong of [join(dir, "none", "features.yml"), join(path, "features.yml"), join(dir, "folder")]) {
    const sink = fileSink({ kind: "file", url: "", path: wrong }, new AbortController().signal);
    const error = await refusal(sink.read());
    assert.is(error.exit, 2, error.message);
  }
  await stop();
});

test.run();
