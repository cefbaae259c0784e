import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { modeNames } from "../apps/lab/src/modes.ts";
import { repository } from "./process.ts";

interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}
interface Job {
  needs?: string[];
  permissions?: object;
  "runs-on": string;
  "timeout-minutes"?: number;
  strategy?: { matrix: { node: string[] } };
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  concurrency: object;
  jobs: Record<string, Job>;
}

const text = await readFile(repository(".github/workflows/ci.yml"), "utf8");
const { on, permissions, concurrency, jobs } = parse(text) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);
const dagger = steps.filter(({ uses }) => uses?.startsWith("dagger/dagger-for-github@"));
const manifest = JSON.parse(await readFile(repository("package.json"), "utf8"));

async function engineVersion(): Promise<string> {
  const path = repository("dagger.json");
  return existsSync(path) ? JSON.parse(await readFile(path, "utf8")).engineVersion : "v0.21.8";
}

const test = suite("workflow");

test("triggers :: each change and a schedule, never with the rights of the target", () => {
  assert.equal(Object.keys(on), ["push", "pull_request", "schedule", "workflow_dispatch"]);
});

test("rights :: reading only, for every job", () => {
  assert.equal(permissions, { contents: "read" });
  assert.equal(
    Object.values(jobs).filter((job) => job.permissions),
    [],
  );
  for (const { uses, with: values } of steps.filter((step) => step.uses?.startsWith("actions/checkout@")))
    assert.is(String(values?.["persist-credentials"]), "false", uses);
});

test("actions :: pinned by commit, with the version for people", () => {
  const lines = text.split("\n").filter((line) => line.includes("uses:"));
  assert.is(lines.length, steps.filter(({ uses }) => uses).length);
  for (const line of lines) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("actions :: one commit each", () => {
  const pins = new Set(steps.flatMap(({ uses }) => uses ?? []));
  assert.is(pins.size, new Set([...pins].map((pin) => pin.split("@")[0])).size, [...pins].join(", "));
});

test("shell :: nothing is pasted into it", () => {
  const values = dagger.flatMap((step) => Object.values(step.with ?? {}));
  for (const script of [...steps.flatMap(({ run }) => run ?? []), ...values]) assert.not.match(script, "${{");
});

test("jobs :: end, on a runner that is named", () => {
  assert.ok(concurrency);
  for (const [name, job] of Object.entries(jobs)) {
    assert.ok(job["timeout-minutes"], `${name} has a time limit`);
    assert.match(job["runs-on"], /^ubuntu-\d+\.\d+$/);
  }
});

test("node :: the oldest that is promised, and the line of the images", () => {
  const oldest = manifest.engines.node.replace(">=", "");
  assert.equal(jobs.test?.strategy?.matrix.node, [`${oldest}.0`, "24"]);
});

test("commands :: npm knows them", () => {
  const runs = steps.flatMap(({ run }) => run ?? []);
  const scripts = runs.flatMap((run) => [...run.matchAll(/^npm (?:run )?([\w:]+)/gm)].map(([, name = ""]) => name));
  assert.equal(new Set(scripts), new Set(["lint", "types", "test"]));
  for (const name of scripts) assert.ok(manifest.scripts[name], `package.json has the script ${name}`);
});

test("verify :: each mode, after everything else", () => {
  const others = Object.keys(jobs).filter((name) => name !== "verify");
  assert.equal(jobs.verify?.needs, others);
  assert.equal(
    dagger.map((step) => step.with?.call),
    modeNames.map((mode) => `verify --mode ${mode}`),
  );
});

test("verify :: by the engine of dagger.json", async () => {
  const version = await engineVersion();
  assert.equal(new Set(dagger.map((step) => `v${step.with?.version}`)), new Set([version]));
});

test("verify :: diagnostics are kept when it fails", () => {
  const late = jobs.verify?.steps.filter((step) => step.if === "failure()") ?? [];
  assert.is(late[0]?.run, "dagger call diagnostics -o diagnostics");
  const upload = late.at(-1);
  assert.match(upload?.uses ?? "", /^actions\/upload-artifact@/);
  assert.is(upload?.with?.path, "diagnostics");
});

test("actionlint :: the same wherever it is run", async () => {
  const texts = [text, await readFile(repository(".ci/run"), "utf8")];
  const versions = texts.flatMap((each) => [...each.matchAll(/actionlint@(\S+)/g)].map(([, version]) => version));
  assert.is(new Set(versions).size, 1, versions.join(", "));
});

test.run();
