import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { until } from "../apps/lab/src/until.ts";
import { type Finished, repository, run, start } from "./process.ts";

interface Context {
  /** A checkout with one dependency, which is a file of its own: npm needs no network. */
  root: string;
  npm(...words: string[]): Promise<Finished>;
  /** Runs the installer on it with npm, or with a program in its place. */
  install(npm?: string): Promise<Finished>;
  /** Brings version 2 of the dependency into the lock; npm then notes it as installed, a pull does not. */
  pull(restore?: boolean): Promise<void>;
  /** A program that first runs a script, with `root` in it, and then npm. */
  before(script: string): string;
}

const test = suite<Context>("install");

async function insist(finished: Promise<Finished>): Promise<Finished> {
  const { code, stdout, stderr } = await finished;
  assert.is(code, 0, `${stdout}${stderr}`);
  return finished;
}

test.before.each(async (context) => {
  const root = mkdtempSync(join(tmpdir(), "install-"));
  const installer = join(root, "scripts", "install.mjs");
  const runs = join(root, "runs");
  const env = { npm_config_cache: join(root, ".cache"), npm_config_offline: "true", npm_config_audit: "false" };
  const pack = async (version: string): Promise<void> => {
    mkdirSync(join(root, "dep"), { recursive: true });
    writeFileSync(join(root, "dep", "package.json"), JSON.stringify({ name: "dep", version }));
    await insist(run("npm", { args: ["pack", "./dep"], env, cwd: root }));
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({ name: "checkout", version: "1.0.0", dependencies: { dep: `file:dep-${version}.tgz` } }),
    );
    await insist(run("npm", { args: ["install", "--package-lock-only"], env, cwd: root }));
  };
  const before = (script: string): string => {
    const path = join(root, `npm-${Math.random().toString(36).slice(2)}.mjs`);
    const counted = `import { appendFileSync } from "node:fs"; const root = ${JSON.stringify(root)}; appendFileSync(${JSON.stringify(runs)}, "npm\\n");`;
    const npm = `const { spawnSync } = await import("node:child_process"); process.exit(spawnSync("npm", ["ci"], { stdio: "inherit" }).status);`;
    writeFileSync(path, `${counted}\n${script}\n${npm}\n`);
    return path;
  };
  Object.assign(context, {
    root,
    before,
    npm: (...args: string[]) => run("npm", { args, env, cwd: root }),
    install: (npm = before("")) => run(process.execPath, { args: [installer], env: { ...env, npm_execpath: npm } }),
    async pull(restore = true) {
      const note = join(root, "node_modules", ".package-lock.json");
      const before = readFileSync(note);
      await pack("2.0.0");
      if (restore) writeFileSync(note, before);
    },
  });
  mkdirSync(join(root, "scripts"));
  writeFileSync(installer, readFileSync(repository("scripts/install.mjs")));
  await pack("1.0.0");
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

const installs = (root: string): number =>
  existsSync(join(root, "runs")) ? readFileSync(join(root, "runs"), "utf8").trim().split("\n").length : 0;
const when = (what: string, seen: () => boolean): Promise<boolean> =>
  until<boolean>(what, { seconds: 120, everyMs: 20 }, async () => (seen() ? { value: true } : { seen: "not yet" }));
const version = (root: string): string =>
  JSON.parse(readFileSync(join(root, "node_modules", "dep", "package.json"), "utf8")).version;

test("first run :: once, then never again", async ({ root, install }) => {
  assert.match((await insist(install())).stderr, "first run: installing dependencies (npm ci) …");
  assert.equal([version(root), installs(root), existsSync(join(root, ".installing"))], ["1.0.0", 1, false]);
  assert.is((await insist(install())).stderr, "");
  assert.is(installs(root), 1);
});

test("a plain npm ci :: is recognised", async ({ root, install, npm }) => {
  await insist(npm("ci"));
  assert.is((await insist(install())).stderr, "");
  assert.is(installs(root), 0);
});

test("another lock :: installs again, also after a plain npm ci", async ({ root, install, npm, pull }) => {
  await insist(npm("ci"));
  await pull();
  assert.match((await insist(install())).stderr, "package-lock.json has changed: installing");
  assert.equal([version(root), installs(root)], ["2.0.0", 1]);
});

test("npm install --package-lock-only :: what it only notes as installed is seen", async ({
  root,
  install,
  npm,
  pull,
}) => {
  await insist(npm("ci"));
  await pull(false);
  assert.match((await insist(install())).stderr, '"node_modules/dep" is of version 1.0.0: installing');
  assert.equal([version(root), installs(root)], ["2.0.0", 1]);
});

test("a package that is not there :: is seen", async ({ root, install }) => {
  await insist(install());
  rmSync(join(root, "node_modules", "dep"), { recursive: true });
  assert.match((await insist(install())).stderr, '"node_modules/dep" is missing: installing');
  assert.is(version(root), "1.0.0");
});

test("two at once :: one installs, the other waits for it", async ({ root, install, before }) => {
  // The first one stays until the second one has said that it waits.
  const slow = before(
    `const { existsSync } = await import("node:fs"); while (!existsSync(root + "/go")) await new Promise((done) => setTimeout(done, 20));`,
  );
  const first = install(slow);
  await when("npm runs", () => installs(root) > 0);
  const second = start(process.execPath, { args: [join(root, "scripts", "install.mjs")], env: { npm_execpath: slow } });
  await when("it waits", () => second.output().includes("waiting for it"));
  writeFileSync(join(root, "go"), "");
  await insist(first);
  await insist(second.finished);
  assert.equal([version(root), installs(root)], ["1.0.0", 1]);
});

test("a lock of the dead :: five that find it install once", async ({ root, install }) => {
  const dead = start(process.execPath, { args: ["-e", ""] });
  await dead.finished;
  symlinkSync(`${dead.child.pid}`, join(root, ".installing"));
  for (const finished of await Promise.all([1, 2, 3, 4, 5].map(() => install()))) assert.is(finished.code, 0);
  assert.equal([version(root), installs(root), existsSync(join(root, ".installing"))], ["1.0.0", 1, false]);
});

test("an install that is killed :: is told, and done by the next command", async ({ root, install, before, pull }) => {
  await insist(install());
  await pull();
  // As npm does first of all: what was there goes.
  const killed = before(
    `const { rmSync, mkdirSync } = await import("node:fs"); rmSync(root + "/node_modules", { recursive: true }); mkdirSync(root + "/node_modules/dep", { recursive: true }); process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000));`,
  );
  const { code, stderr } = await install(killed);
  assert.is(code, 2);
  assert.match(stderr, "npm ci was ended by SIGKILL; the next command installs again");
  assert.match((await insist(install())).stderr, "an install was not finished: installing");
  assert.is(version(root), "2.0.0");
});

test("the installer is killed :: npm that goes on is waited for", async ({ root, before, install }) => {
  const slow = before(
    `const { existsSync } = await import("node:fs"); while (!existsSync(root + "/go")) await new Promise((done) => setTimeout(done, 20));`,
  );
  const killed = start(process.execPath, { args: [join(root, "scripts", "install.mjs")], env: { npm_execpath: slow } });
  await when("npm runs", () => installs(root) > 0);
  killed.child.kill("SIGKILL");
  await new Promise((done) => killed.child.once("exit", done));
  const second = start(process.execPath, { args: [join(root, "scripts", "install.mjs")], env: { npm_execpath: slow } });
  await when("it waits", () => second.output().includes("waiting for it"));
  writeFileSync(join(root, "go"), "");
  await insist(second.finished);
  assert.is((await insist(install())).stderr, "");
  assert.equal([version(root), installs(root)], ["1.0.0", 1]);
});

test("a lab that runs :: its node_modules stay, and the line says what to do", async ({ root, install, pull }) => {
  await insist(install());
  await pull();
  const lab = start(process.execPath, { args: ["-e", "setInterval(() => {}, 1000)"] });
  mkdirSync(join(root, ".lab"));
  writeFileSync(join(root, ".lab", "lab.json"), JSON.stringify({ supervisor: { pid: lab.child.pid, started: "" } }));
  const { code, stderr } = await install();
  assert.equal([code, version(root), installs(root)], [2, "1.0.0", 1]);
  assert.is(
    stderr,
    `dependencies have to be installed (package-lock.json has changed), but a lab runs from here (process ${lab.child.pid}); end it with Ctrl-C or: node apps/lab/bin.js down\n`,
  );
  await lab.stop();
  await insist(install());
  assert.is(version(root), "2.0.0");
});

test("npm that fails :: its output and its exit code are told, and nothing stays locked", async ({ root, install }) => {
  const lock = join(root, "package-lock.json");
  writeFileSync(lock, readFileSync(lock, "utf8").replace(/"integrity": "sha512-..../, '"integrity": "sha512-AAAA'));
  const { code, stderr } = await install();
  assert.is(code, 2);
  assert.match(stderr, /EINTEGRITY[\s\S]*npm ci failed with exit code 1; its output stands above/);
  assert.not(existsSync(join(root, ".installing")));
});

test.run();
