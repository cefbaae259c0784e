import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Running, repository, start } from "../../../testing/process.ts";
import { openDatabase } from "../src/master/database.ts";

const kills = 20;
const program = repository("apps/flipt-emulator/test/master-writer.ts");
const test = suite("master/durability");

const acknowledged = (writer: Running): string[] => writer.output().split("\n").slice(0, -1);

/** Kills the writer once it has told of `count` writes. */
async function killAfter(writer: Running, count: number): Promise<void> {
  const { stdout } = writer.child;
  if (!stdout) throw new Error("the writer has no output");
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (acknowledged(writer).length >= count) resolve();
    };
    stdout.on("data", look);
    writer.finished.then(
      () => resolve(),
      () => resolve(),
    );
  });
  writer.child.kill("SIGKILL");
}

test(`write :: each acknowledged one outlives SIGKILL, ${kills} times on one database`, async () => {
  const dir = await mkdtemp(join(tmpdir(), "master-durability-"));
  const path = join(dir, "flipt.db");
  const told: string[] = [];
  for (let round = 0; round < kills; round += 1) {
    const writer = start(process.execPath, { args: ["--import", "tsx", program, path, `${round}`] });
    await killAfter(writer, 1 + Math.floor(Math.random() * 60));
    const { signal, stderr } = await writer.finished;
    assert.is(signal, "SIGKILL", stderr);
    told.push(...acknowledged(writer));
    const database = openDatabase(`file:${path}`);
    const flags = database.view().state("default")?.flags;
    assert.equal(
      told.filter((key) => !flags?.has(key)),
      [],
      `round ${round}: acknowledged and lost`,
    );
    const half = [...(flags?.values() ?? [])].filter(({ flag }) => flag.variants.length !== 1);
    assert.equal(
      half.map(({ flag }) => flag.key),
      [],
      `round ${round}: half a change`,
    );
    database.close();
  }
  assert.ok(told.length >= kills, `${told.length} writes were acknowledged`);
  console.log(`\nmeasured: ${told.length} acknowledged writes, ${kills} kills, none lost`);
  await rm(dir, { recursive: true, force: true });
});

test.run();
