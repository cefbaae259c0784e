import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chooseFlipt, chooseStore } from "../src/drivers/process/programs.ts";
import type { Fault } from "../src/fault.ts";

interface Context {
  dir: string;
  /** Writes a program that prints one text, whatever it is asked. */
  program(name: string, text: string): Promise<string>;
}

const test = suite<Context>("programs");
test.before(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "programs-"));
  context.program = async (name, text) => {
    const path = join(context.dir, name);
    await writeFile(path, `#!/bin/sh\nprintf '%s\\n' '${text}'\n`);
    await chmod(path, 0o755);
    return path;
  };
});

async function fault(choice: string | undefined, env: NodeJS.ProcessEnv): Promise<[number, string]> {
  try {
    await chooseFlipt(choice, env);
    return assert.unreachable("should refuse") as never;
  } catch (error) {
    const { exit, message } = error as Fault;
    return [exit, message];
  }
}

test("flipt :: the emulator when there is no other", async () => {
  assert.match((await chooseFlipt(undefined, { PATH: "" })).description, "flipt-emulator");
});
test("flipt :: FLIPT_BIN", async ({ program }) => {
  const path = await program("v1", "Version: v1.61.1");
  assert.equal(await chooseFlipt(undefined, { FLIPT_BIN: path }), {
    kind: "flipt",
    command: [path],
    description: `Flipt v1.61.1 (${path})`,
  });
});
test("flipt :: --flipt emulator beats FLIPT_BIN", async ({ program }) => {
  const path = await program("v1", "Version: v1.61.1");
  assert.match((await chooseFlipt("emulator", { FLIPT_BIN: path })).description, "flipt-emulator");
});
test("flipt :: a v1 on PATH", async ({ dir, program }) => {
  const path = await program("flipt", "Version: v1.58.0");
  assert.equal((await chooseFlipt(undefined, { PATH: dir })).command, [path]);
});
test("flipt :: a v2 on PATH is passed over", async ({ dir, program }) => {
  await program("flipt", "Version: v2.3.0");
  assert.match((await chooseFlipt(undefined, { PATH: dir })).description, "flipt-emulator");
});
test("flipt :: a v2 that was named is refused", async ({ program }) => {
  const path = await program("v2", "Version: v2.3.0");
  assert.equal(await fault(undefined, { FLIPT_BIN: path }), [
    3,
    "FLIPT_BIN is Flipt v2.3.0: this lab needs v1 (v2 has no object storage and no export)",
  ]);
});
test("flipt :: a program that is no Flipt", async ({ program }) => {
  const path = await program("other", "hello");
  assert.equal(await fault(path, {}), [3, `--flipt is no Flipt: "${path} --version" names no version`]);
});
test("flipt :: a path that is no program", async ({ dir }) => {
  assert.equal(await fault(undefined, { FLIPT_BIN: dir }), [
    3,
    `FLIPT_BIN is no program: "${dir}"; give the path of an executable file`,
  ]);
});

test("store :: s3rver when there is no other", () => assert.is(chooseStore({ PATH: "" }).kind, "s3rver"));
test("store :: MINIO_BIN", async ({ program }) => {
  const path = await program("my-minio", "");
  assert.equal(chooseStore({ MINIO_BIN: path }).command, [path]);
});
test("store :: minio on PATH", async ({ dir, program }) => {
  await program("minio", "");
  assert.is(chooseStore({ PATH: dir }).kind, "minio");
});
test("store :: a path that is no program", () => {
  assert.throws(() => chooseStore({ MINIO_BIN: "/absent" }), 'MINIO_BIN is no program: "/absent"');
});

test.run();
