import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Running, repository, run, start } from "../../../testing/process.ts";
import { formatState } from "../src/bench/state.ts";
import type { LabRecord } from "../src/drivers/process/state-folder.ts";
import { listFlags } from "../src/flipt.ts";
import { until } from "../src/until.ts";

const lab = repository("apps/lab/bin.js");
const quick = ["--flipt", "emulator", "--poll", "500ms", "--any-port", "--every", "1s"];
const backend = `namespace: backend
flags:
- {key: targeted, name: Targeted, type: BOOLEAN_FLAG_TYPE, rollouts: [{threshold: {percentage: 50, value: true}}]}
- {key: cache, name: Cache, type: BOOLEAN_FLAG_TYPE, enabled: true}
`;
const variants = "flags:\n- {key: engine, name: Engine, enabled: true, variants: [{key: a}]}\n";

interface Context {
  dir: string;
  home: string;
}

const test = suite<Context>("lab, with people's own flags");
test.before.each(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "seed-"));
  context.home = join(context.dir, "home");
});
test.after.each(async ({ dir, home }) => {
  await run(lab, { args: ["down", "--dir", home] });
  await rm(dir, { recursive: true, force: true });
});

async function write({ dir }: Context, text: string): Promise<string> {
  const file = join(dir, "flags.yml");
  await writeFile(file, text);
  return file;
}

async function up({ home }: Context, ...args: string[]): Promise<Running> {
  const running = start(lab, { args: ["up", "--dir", home, ...quick, ...args] });
  await until("the lab", { seconds: 60 }, async () => {
    if (running.child.exitCode !== null) throw new Error(`lab up ended: ${running.output()}`);
    return running.output().includes("runs until Ctrl-C") ? { value: true } : { seen: running.output() };
  });
  return running;
}

const master = async ({ home }: Context): Promise<string> => {
  const ledger: LabRecord = JSON.parse(await readFile(join(home, "lab.json"), "utf8"));
  return ledger.addresses.master;
};

test("--seed, flags of another namespace :: the demo switches one of them, the line to paste asks for it", async (context) => {
  const file = await write(context, backend);
  const running = await up(context, "--seed", file);
  const output = running.output();
  assert.match(output, `seeded with "${file}"`);
  assert.match(output, 'flag "backend/cache" is switched off on flipt-master; flipt-sidecar still answers true');
  assert.match(output, /\+ +\d+\.\d s {2}flipt-sidecar answers false/);
  const [, address, question] = output.match(/curl -s (\S+) -d '(.+)'/) ?? [];
  const answer = await fetch(address ?? "", { method: "POST", body: question });
  assert.is(((await answer.json()) as { enabled: boolean }).enabled, false);
  await running.stop();
  const again = await up(context, "--no-demo", "--seed", file);
  assert.match(again.output(), `with the flags of the last time; ${file} is for a new one`);
  await again.stop();
});

test("--seed, nothing to switch :: the demo says so, and the line to paste asks for a variant", async (context) => {
  const running = await up(context, "--seed", await write(context, variants));
  assert.match(running.output(), "no change is shown: there is no boolean flag without rollouts");
  const [, address, question] = running.output().match(/curl -s (\S+) -d '(.+)'/) ?? [];
  assert.match(address ?? "", /\/evaluate\/v1\/variant$/);
  assert.is((await fetch(address ?? "", { method: "POST", body: question })).status, 200);
  await running.stop();
});

test("--no-seed, then import :: an empty lab comes up, and takes flags; what is there stays", async (context) => {
  const running = await up(context, "--no-seed");
  assert.match(running.output(), /flipt-master {7}\S+ {2}without a flag/);
  assert.match(running.output(), /published .*: 0 flags in 1 namespaces/);
  assert.not.match(running.output(), "paste");
  const file = await write(context, backend);
  const first = await run(lab, { args: ["import", file, "--dir", context.home] });
  assert.equal([first.code, first.stderr], [0, ""]);
  assert.match(first.stdout, `imported "${file}": 2 flags and segments made, 0 were there and stay as they are\n`);
  const path = `${await master(context)}/api/v1/namespaces/backend/flags/cache`;
  await fetch(path, { method: "PUT", body: JSON.stringify({ name: "Mine", enabled: false }) });
  const second = await run(lab, { args: ["import", file, "--dir", context.home] });
  assert.match(second.stdout, ": 0 flags and segments made, 2 were there and stay as they are\n");
  const { name } = (await (await fetch(path)).json()) as { name: string };
  assert.is(name, "Mine");
  await running.stop();
});

test("a document that Flipt would not take :: refused with path and reason, nothing is started", async (context) => {
  const file = await write(context, backend.replace("percentage: 50", 'percentage: "half"'));
  for (const args of [
    ["up", "--seed", file],
    ["verify", "--seed", file],
    ["import", file],
  ]) {
    const { code, stdout, stderr } = await run(lab, { args: [...args, "--dir", context.home] });
    assert.equal([code, stdout], [3, ""]);
    assert.match(
      stderr,
      /^lab: Flipt would not take ".*flags.yml": flags\.0\.rollouts\.0\.threshold\.percentage: .*half/,
    );
    assert.match(stderr, "nothing was changed\n");
  }
  const absent = await run(lab, { args: ["up", "--seed", join(context.dir, "absent"), "--dir", context.home] });
  assert.equal([absent.code, /^lab: ".*absent" cannot be read: ENOENT/.test(absent.stderr)], [3, true]);
});

test("killed while it seeds :: the next start has the whole seed", async (context) => {
  const file = await write(context, formatState("default", { flags: 6, rules: 20, switches: 1 }));
  const killed = start(lab, { args: ["up", "--dir", context.home, ...quick, "--seed", file] });
  await until("half a seed", { seconds: 40, everyMs: 20 }, async () => {
    const flags = await master(context)
      .then(async (url) => (await listFlags(url, "default")).length)
      .catch(() => 0);
    return flags >= 3 ? { value: true } : { seen: `${flags} flags` };
  });
  killed.child.kill("SIGKILL");
  await killed.finished;
  const next = await up(context, "--no-demo", "--seed", file);
  const url = await master(context);
  const flags = await listFlags(url, "default");
  assert.is(flags.length, 7);
  for (const { key, type } of flags) {
    if (type === "BOOLEAN_FLAG_TYPE") continue;
    const { rules } = (await (await fetch(`${url}/api/v1/namespaces/default/flags/${key}/rules`)).json()) as {
      rules: { distributions: unknown[] }[];
    };
    assert.equal([rules.length, rules.every(({ distributions }) => distributions.length === 2)], [20, true], key);
  }
  await next.stop();
});

test.run();
