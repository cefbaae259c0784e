import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reason } from "../../../../pipeline/src/failure.ts";
import { type Finished, type Running, repository, run, start } from "../../../../testing/process.ts";
import type { LabRecord } from "../../src/drivers/process/state-folder.ts";
import { until } from "../../src/until.ts";

const lab = repository("apps/lab/bin.js");
const quick = ["--flipt", "emulator", "--every", "2s", "--poll", "500ms"];
// Without a `minio` on PATH, object-store runs on s3rver; the folder of Node itself is all that is needed.
const bare = { PATH: "/usr/bin:/bin" };

interface Report {
  passed: number;
  failed: number;
  unprovable: number;
  results: { group: string; title: string; outcome: string; detail: string }[];
}

interface Context {
  dir: string;
}

const test = suite<Context>("lab verify");
test.before.each(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "verify-"));
});
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }));

const verify = (dir: string, args: string[], env: Record<string, string> = {}): Promise<Finished> =>
  run(process.execPath, {
    args: [lab, "verify", "--dir", join(dir, "home"), ...quick, ...args],
    env: { ...bare, ...env },
    cwd: dir,
  });

function report({ code, stdout, stderr }: Finished): Report {
  assert.is(code, 0, `${stdout}${stderr}`);
  return JSON.parse(stdout);
}

test("local :: every fact holds", async ({ dir }) => {
  const { passed, failed, unprovable } = report(await verify(dir, ["--mode", "local", "--output", "json"]));
  assert.equal([passed, failed, unprovable], [30, 0, 0]);
});

test("local, without a flag :: every fact holds", async ({ dir }) => {
  const { passed, failed, unprovable } = report(
    await verify(dir, [
      "--mode",
      "local",
      "--output",
      "json",
      "--no-seed",
      "--only",
      "replication|read-only|application",
    ]),
  );
  assert.equal([passed, failed, unprovable], [18, 0, 0]);
});

test("object-store on s3rver, foreign flags :: every fact holds, rights are not provable and it says why", async ({
  dir,
}) => {
  const seed = join(dir, "backend.yml");
  await writeFile(seed, "namespace: backend\nflags:\n- {key: engine, name: Engine, variants: [{key: a}]}\n");
  const { passed, failed, results } = report(
    await verify(dir, ["--mode", "object-store", "--output", "json", "--seed", seed]),
  );
  const lacking = results.filter(({ outcome }) => outcome === "not provable");
  assert.equal([passed, failed, lacking.length], [30, 0, 9]);
  for (const { group, detail } of lacking) {
    assert.equal(
      [group, detail],
      ["access", "not provable here: s3rver knows no users; set MINIO_BIN for a store that does"],
    );
  }
});

if (process.env.MINIO_BIN) {
  const { MINIO_BIN } = process.env;
  test("object-store on MinIO :: every fact holds, rights too", async ({ dir }) => {
    const { passed, failed, unprovable } = report(
      await verify(dir, ["--mode", "object-store", "--output", "json"], { MINIO_BIN }),
    );
    assert.equal([passed, failed, unprovable], [39, 0, 0]);
  });
} else {
  test.skip("object-store on MinIO");
  console.log("skipped: verify on MinIO needs MINIO_BIN");
}

async function up(dir: string): Promise<Running> {
  const running = start(process.execPath, {
    args: [lab, "up", "--no-demo", "--any-port", "--dir", join(dir, "home"), ...quick],
    env: bare,
  });
  await until("the lab", { seconds: 120 }, async () =>
    running.output().includes("runs until Ctrl-C") ? { value: true } : { seen: running.output() },
  );
  return running;
}

const pid = async (dir: string, part: string): Promise<number> => {
  const ledger: LabRecord = JSON.parse(await readFile(join(dir, "home", "lab.json"), "utf8"));
  return ledger.children[part]?.pid ?? 0;
};

test("a running lab :: is verified as it stands, and left as it was", async ({ dir }) => {
  const running = await up(dir);
  const before = await readFile(join(dir, "home", "volume", "features.yml"), "utf8");
  const { code, stdout } = await verify(dir, ["--only", "publication"]);
  assert.is(code, 0, stdout);
  assert.match(stdout, /verifying the lab that runs in/);
  assert.match(stdout, "mode local verified: 6 passed, 0 failed, 0 not provable here\n");
  assert.is(await readFile(join(dir, "home", "volume", "features.yml"), "utf8"), before);
  await running.stop();
});

test("a false fact :: exit 1; it is named, to a caller such as Dagger too, and the last line names the evidence", async ({
  dir,
}) => {
  const running = await up(dir);
  const stopped = await pid(dir, "evaluation-client");
  process.kill(stopped, "SIGSTOP");
  const { code, stdout, stderr } = await verify(dir, ["--only", "the application is ready"]);
  process.kill(stopped, "SIGCONT");
  assert.is(code, 1, stdout);
  const folder = join(dir, "lab-failure/verify-local");
  assert.match(stdout, "✗ the application is ready");
  assert.match(stdout, /mode local NOT verified: 0 passed, 1 failed, 0 not provable here\n$/);
  const said = reason(stdout, stderr);
  assert.match(said, /^mode local NOT verified, false is: "the application is ready" \(.*no answer.*\)$/);
  assert.is(stderr, `lab: ${said}\n  logs and states: ${folder}\n`);
  for (const name of ["results.json", "hops.json", "flipt-master.log", "flipt-exporter.log"]) {
    assert.ok(existsSync(join(folder, name)), name);
  }
  await running.stop();
});

test("a broken environment :: exit 2, and no fact is called false", async ({ dir }) => {
  const running = await up(dir);
  const stopped = await pid(dir, "flipt-master");
  process.kill(stopped, "SIGSTOP");
  const { code, stderr } = await verify(dir, ["--only", "application"]);
  process.kill(stopped, "SIGCONT");
  assert.is(code, 2);
  assert.match(
    stderr,
    /^lab: the lab does not work: GET ".*\/api\/v1\/namespaces": no answer \(timeout after 5000 ms\)\n/,
  );
  await running.stop();
});

test("junit :: a test case a step", async ({ dir }) => {
  const { code, stdout } = await verify(dir, ["--only", "^read-only$", "--output", "junit"]);
  assert.is(code, 0);
  assert.match(stdout, '<testsuite name="flipt-sidecar-lab local" tests="8" failures="0" skipped="0"');
  assert.is(stdout.match(/<testcase /g)?.length, 8);
});

/** A verification of the running lab that has made its namespace, and how to look for it. */
async function beginVerify(dir: string): Promise<{ verifying: Running; made: () => Promise<string> }> {
  const verifying = start(process.execPath, {
    args: [lab, "verify", "--dir", join(dir, "home"), "--only", "flag created"],
    env: bare,
  });
  const master = JSON.parse(await readFile(join(dir, "home", "lab.json"), "utf8")).addresses.master;
  const made = async (): Promise<string> =>
    (await (await fetch(`${master}/api/v1/namespaces`)).text()).match(/"key":"(verify-\w+)"/)?.[1] ?? "";
  await until("the namespace of the verification", { seconds: 120, everyMs: 20 }, async () =>
    (await made()) ? { value: true } : { seen: "none" },
  );
  return { verifying, made };
}

test("Ctrl-C :: takes back what was made, and ends with 130", async ({ dir }) => {
  const running = await up(dir);
  const { verifying, made } = await beginVerify(dir);
  verifying.child.kill("SIGINT");
  const { code } = await verifying.finished;
  assert.equal([code, await made()], [130, ""]);
  await running.stop();
});

test("two at once :: the second is refused in one line; one that was killed holds nothing", async ({ dir }) => {
  const running = await up(dir);
  const { verifying, made } = await beginVerify(dir);
  const namespace = await made();
  const second = await verify(dir, ["--only", "the application is ready"]);
  const pid = verifying.child.pid;
  assert.is(second.code, 2, second.stdout);
  assert.match(
    second.stderr,
    new RegExp(
      `^lab: another verify is at the lab in ".*": process ${pid}, since 20.*Z; wait for its end, or end it with: kill ${pid}\n$`,
    ),
  );
  assert.is(await made(), namespace, "the first one's namespace stays");
  verifying.child.kill("SIGKILL");
  await verifying.finished;
  const third = await verify(dir, ["--only", "the application is ready"]);
  assert.is(third.code, 0, third.stderr);
  await running.stop();
});

test.run();
