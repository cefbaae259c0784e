import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { command } from "./command.ts";
import { differences, table } from "./differences.ts";

const test = suite("differences");

for (const { what, args, files = {}, flipt, emulator } of differences()) {
  if (!args) continue;
  test(`what is said :: ${what}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "flipt-difference-"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const { stdout, stderr } = await command(args, { directory, env: { FLIPT_DB_URL: `file:${directory}/flipt.db` } });
    await rm(directory, { recursive: true });
    assert.is(stdout + stderr, emulator);
    assert.is.not(emulator, flipt, "belongs to the list");
  });
}

test("README :: shows the list", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  assert.ok(readme.includes(table(differences())), `README.md lacks this table:\n${table(differences())}`);
});

test.run();
