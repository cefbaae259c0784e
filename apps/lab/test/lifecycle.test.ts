import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Running, repository, run, start } from "../../../testing/process.ts";
import { isAlive, type Sighting } from "../src/drivers/process/identity.ts";
import type { LabRecord } from "../src/drivers/process/state-folder.ts";
import { until } from "../src/until.ts";

const lab = repository("apps/lab/bin.js");
const quick = ["--flipt", "emulator", "--poll", "500ms", "--any-port"];

interface Context {
  dir: string;
}

const test = suite<Context>("lab");
test.before.each(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "lifecycle-"));
});
test.after.each(async ({ dir }) => {
  await run(lab, { args: ["down", "--dir", dir] });
  await rm(dir, { recursive: true, force: true });
});

const readLedger = async (dir: string): Promise<LabRecord> => JSON.parse(await readFile(join(dir, "lab.json"), "utf8"));

async function processes(dir: string): Promise<Sighting[]> {
  return Object.values((await readLedger(dir)).children).filter((child) => child !== undefined);
}

/** Starts a lab and waits until it has said a text. */
async function up(dir: string, text: string, ...args: string[]): Promise<Running> {
  const running = start(lab, { args: ["up", "--dir", dir, ...quick, ...args] });
  await until(`"${text}"`, { seconds: 120 }, async () => {
    if (running.child.exitCode !== null) throw new Error(`lab up ended: ${running.output()}`);
    return running.output().includes(text) ? { value: true } : { seen: running.output() };
  });
  return running;
}

const steady = "the lab runs until Ctrl-C";

test("up :: shows one change travel, Ctrl-C leaves no process and keeps the state", async ({ dir }) => {
  const running = await up(dir, steady, "--every", "2s");
  const output = running.output();
  assert.match(output, /flag "dark-mode" is switched on on flipt-master; flipt-sidecar still answers false/);
  assert.match(output, /the exporter's scheduled run starts[\s\S]*flipt-sidecar answers true/);
  const [, address, question] = output.match(/curl -s (\S+) -d '(.+)'/) ?? [];
  const answer = await fetch(address ?? "", { method: "POST", body: question });
  assert.is(((await answer.json()) as { enabled: boolean }).enabled, true, "the line to paste works");
  const parts = await processes(dir);
  assert.ok(parts.length >= 3 && parts.every(isAlive));
  running.child.kill("SIGINT");
  const { code } = await running.finished;
  assert.equal([code, parts.filter(isAlive)], [0, []]);
  const again = await up(dir, steady, "--no-demo");
  assert.match(again.output(), "with the flags of the last time");
  await again.stop();
});

test("up :: a second one finds the running lab", async ({ dir }) => {
  const running = await up(dir, steady, "--no-demo");
  // Published at the start, unchanged the second time: in step both times.
  for (const what of ["published", "unchanged"]) {
    const { code, stdout } = await run(lab, { args: ["status", "--dir", dir] });
    assert.equal([code, stdout.trim().split("\n").at(-1)], [0, "in step"], `${what}: ${stdout}`);
    assert.is((await run(lab, { args: ["export", "--dir", dir] })).code, 0);
  }
  const output = join(dir, "found");
  const found = await run(lab, { args: ["diagnostics", "--dir", dir, "--output", output] });
  assert.equal([found.code, found.stdout], [0, `states, events and logs: ${output}\n`]);
  for (const name of ["hops.json", "flipt-master.log", "flipt-sidecar.log"])
    assert.ok((await readFile(join(output, name), "utf8")).length > 0, name);
  const second = await run(lab, { args: ["up", "--dir", dir] });
  assert.equal([second.code, /a lab runs already, in mode local/.test(second.stdout)], [0, true]);
  const { code, stdout } = await run(lab, { args: ["down", "--dir", dir] });
  assert.equal([code, stdout.trim()], [0, `ended the running lab, removed "${dir}"`]);
  assert.is((await running.finished).code, 0);
});

test("up :: what a crashed lab left is ended by the next", async ({ dir }) => {
  const running = await up(dir, steady, "--no-demo");
  const parts = await processes(dir);
  running.child.kill("SIGKILL");
  await running.finished;
  assert.ok(parts.every(isAlive), "its parts outlive a killed lab");
  const next = await up(dir, steady, "--no-demo");
  assert.match(next.output(), /an earlier lab had crashed; ended what it left: .*flipt-master/);
  assert.equal(parts.filter(isAlive), []);
  await next.stop();
});

test("up :: a part that is killed is started again", async ({ dir }) => {
  const running = await up(dir, steady, "--no-demo");
  const sidecar = (await readLedger(dir)).children["flipt-sidecar"];
  process.kill(sidecar?.pid ?? 0, "SIGKILL");
  await until("another flipt-sidecar", { seconds: 120 }, async () => {
    const now = (await readLedger(dir)).children["flipt-sidecar"];
    return now && now.pid !== sidecar?.pid && isAlive(now) ? { value: now } : { seen: JSON.stringify(now) };
  });
  assert.match(running.output(), "flipt-sidecar was ended by SIGKILL; it is started again in 1 s");
  await running.stop();
});

test("up :: interrupted while it starts, it leaves nothing running", async ({ dir }) => {
  for (const delay of [50, 600, 1100, 1600]) {
    const running = start(lab, { args: ["up", "--dir", dir, ...quick] });
    let seen: Sighting[] = [];
    const end = Date.now() + delay;
    await until("the moment", { seconds: 120, everyMs: 20 }, async () => {
      seen = [...seen, ...(await processes(dir).catch(() => []))];
      return Date.now() >= end ? { value: true } : { seen: "too early" };
    });
    running.child.kill("SIGINT");
    await running.finished;
    assert.equal(seen.filter(isAlive), [], `after ${delay} ms`);
  }
});

test("up :: a taken port is replaced and said so", async ({ dir }) => {
  const squatter = createServer();
  const mine = await new Promise<boolean>((resolve) => {
    squatter.once("error", () => resolve(false));
    squatter.listen(8080, "127.0.0.1", () => resolve(true));
  });
  const running = start(lab, { args: ["up", "--dir", dir, "--flipt", "emulator", "--no-demo"] });
  await until("the lab", { seconds: 120 }, async () =>
    running.output().includes(steady) ? { value: true } : { seen: running.output() },
  );
  assert.match(running.output(), /port 8080 is taken: master listens on \d+/);
  await running.stop();
  if (mine) squatter.close();
});

test("up :: a Flipt that ends is named first, then its log", async ({ dir }) => {
  const program = join(dir, "flipt");
  const script = `#!/bin/sh\ncase "$1" in --version) echo 'Version: v1.61.1';; import) ;; *) echo 'Error: disk full'; exit 1;; esac\n`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  const home = join(dir, "home");
  const { code, stderr } = await run(lab, { args: ["up", "--dir", home, "--flipt", program] });
  const lines = stderr.trim().split("\n");
  assert.equal([code, lines[0]], [2, "lab: flipt-master exited with code 1"]);
  assert.match(stderr, /the end of flipt-master's log:[\s\S]*Error: disk full/);
});

test("up :: a poll that Flipt has no setting for is refused, its own is not", async ({ dir }) => {
  const program = join(dir, "flipt");
  await writeFile(program, "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Version: v1.61.1'\n");
  await chmod(program, 0o755);
  const up = (...args: string[]) =>
    run(lab, { args: ["up", "--dir", join(dir, "home"), "--any-port", "--flipt", program, ...args] });
  const refused = await up("--poll", "1s");
  const line = `--poll 1s cannot be had: in mode local Flipt v1.61.1 (${program}) polls each 30 s and has no setting for it; `;
  assert.is(refused.code, 3);
  assert.match(refused.stderr, `lab: ${line}leave --poll out, or take --flipt emulator or --mode object-store`);
  assert.is(refused.stdout, "", "nothing was started");
  // Any other is taken, as far as a program comes that can do nothing else.
  for (const words of [
    ["--poll", "30s"],
    ["--poll", "1s", "--mode", "object-store"],
  ])
    assert.is((await up(...words)).code, 2, words.join(" "));
});

for (const [name, args, code, line] of [
  [
    "unknown mode",
    ["up", "--mode", "s3"],
    3,
    /option '--mode <mode>' argument 's3' is invalid. expected "local" or "object-store"/,
  ],
  ["unknown command", ["upp"], 3, /unknown command 'upp'/],
  ["bad duration", ["up", "--every", "soon"], 3, /expected a duration such as 5s or 1m, got "soon"/],
  [
    "no Flipt",
    ["up", "--flipt", "/absent"],
    3,
    /^lab: --flipt is no program: "\/absent"; give the path of an executable file\n$/,
  ],
  ["no lab", ["status"], 2, /^lab: no lab runs in ".*"; start one with: npm start\n$/],
  ["an unknown ring", ["diagnostics", "--on", "docker"], 3, /expected "process" or "kubernetes" or "minikube"/],
  ["no lab to export", ["export"], 2, /^lab: no lab runs in/],
  ["a filter without a match", ["verify", "--only", "no-such-step"], 3, /^lab: no step of mode local matches/],
  ["an address of another machine", ["up", "--host", "192.0.2.1"], 2, /^lab: cannot listen on 192.0.2.1/],
] as [string, string[], number, RegExp][]) {
  test(`usage :: ${name}`, async ({ dir }) => {
    const home = ["status", "export", "up", "verify"].includes(args[0] ?? "") ? ["--dir", join(dir, "home")] : [];
    const { code: seen, stderr } = await run(lab, { args: [...args, ...home] });
    assert.match(stderr, line);
    assert.is(seen, code);
    assert.not.match(stderr, /\n {4}at /, "no stack");
  });
}

test("down :: nothing to do", async ({ dir }) => {
  const home = join(dir, "home");
  const { code, stdout } = await run(lab, { args: ["down", "--dir", home] });
  assert.equal([code, stdout], [0, `nothing to do: no lab in "${home}"\n`]);
});
test("down :: a folder that is no lab's is left alone", async ({ dir }) => {
  await writeFile(join(dir, "precious"), "");
  const { code, stderr } = await run(lab, { args: ["down", "--dir", dir] });
  assert.equal([code, stderr], [3, `lab: "${dir}" is no folder of a lab; nothing was removed\n`]);
  assert.is(await readFile(join(dir, "precious"), "utf8"), "");
});

test.run();
