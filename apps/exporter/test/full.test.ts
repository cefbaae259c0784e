import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { run } from "../src/run.ts";
import { mark, settings, stream } from "./state.ts";

const execute = promisify(execFile);
const test = suite("full");
const dir = await mkdtemp(join(tmpdir(), "exporter-full-"));
const KIB = 1024;
const mounted = await execute("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", dir]).then(
  () => true,
  (error: Error & { stderr?: string }) => {
    console.log(`full: SKIPPED, a file system of 64 KiB cannot be mounted: ${error.stderr?.trim() || error.message}`);
    return false;
  },
);

if (mounted) await prove();
else test.skip("a full volume :: skipped, see above", () => {});

test.after(async () => {
  if (mounted) await execute("umount", [dir]);
  await rm(dir, { recursive: true });
});
test.run();

async function prove(): Promise<void> {
  const path = join(dir, "features.yml");
  const foreign = join(dir, "foreign");
  const sink = { kind: "file", url: pathToFileURL(path).href, path } as const;
  const master = await startMaster({ state: stream("one") });
  const go = () => run(settings(master.url, sink));
  test.after(() => master.stop());

  /** Somebody else's file takes all that is free. */
  async function fill(): Promise<void> {
    await writeFile(foreign, Buffer.alloc(64 * KIB)).catch(() => {});
    const { size } = await stat(foreign);
    await truncate(foreign, size - (size % (4 * KIB)));
  }

  test("ENOSPC :: says what is needed and what is free, and leaves nothing, however often", async () => {
    assert.is((await go()).outcome, "published");
    await fill();
    await mark(master.url, "two");
    for (let n = 0; n < 3; n += 1) {
      const { exit, message } = await go();
      assert.is(exit, 3, message);
      const needed = stream("two").length;
      assert.match(message, new RegExp(`ENOSPC, ${needed} bytes are needed beside the published ones, 0 are free`));
      assert.equal((await readdir(dir)).sort(), [".features.yml.hint", "features.yml", "foreign"]);
    }
    assert.is(await readFile(path, "utf8"), stream("one"));
  });

  test("ENOSPC :: over once there is room", async () => {
    await rm(foreign);
    assert.is((await go()).outcome, "published");
    assert.is(await readFile(path, "utf8"), stream("two"));
  });

  test("left-overs :: of killed runs that fill the volume make room for the next run", async () => {
    await mark(master.url, "three");
    const left = join(dir, ".features.yml.killed.tmp");
    await writeFile(left, Buffer.alloc(64 * KIB)).catch(() => {});
    // two minutes before the newest file, whatever the host's clock says
    const then = (await stat(path)).mtimeMs / 1000 - 120;
    await utimes(left, then, then);
    assert.is((await go()).outcome, "published");
    assert.equal((await readdir(dir)).sort(), [".features.yml.hint", "features.yml"]);
  });
}
