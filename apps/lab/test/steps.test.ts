import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Lab } from "../src/lab.ts";
import { junit } from "../src/report/junit.ts";
import { count, summarise } from "../src/report/text.ts";
import { steps } from "../src/steps/index.ts";
import { type Result, runSteps } from "../src/steps/run.ts";
import { groups, type Step } from "../src/steps/step.ts";

/** A lab whose only ability is to say what it lacks, and whose export is refused. */
const bare = {
  intervals: { export: 1, poll: 0 },
  addresses: { sidecar: "http://127.0.0.1:9" },
  lacks: (capability: string) => (capability === "access-rights" ? "it has no users" : undefined),
  export: async () => ({ exit: 1, line: "refused" }),
} as unknown as Lab;

const step = (title: string, run: Step["run"], more: Partial<Step> = {}): Step => ({
  group: "locality",
  title,
  seconds: () => 0.1,
  run,
  ...more,
});

const never = new AbortController().signal;

async function results(...list: Step[]): Promise<Result[]> {
  const observed: string[] = [];
  const observer = {
    begins: ({ title }: Step) => observed.push(title),
    ends: ({ title }: Result) => observed.push(title),
  };
  const done = await runSteps(list, bare, observer, never);
  assert.equal(
    observed,
    list.flatMap(({ title }) => [title, title]),
    "each step is told twice",
  );
  return done.results;
}

const test = suite("runSteps");

test("outcome :: passed, with what was measured", async () => {
  const [result] = await results(step("a", async () => "3 flags"));
  assert.equal([result?.outcome, result?.detail], ["passed", "3 flags"]);
});
test("outcome :: failed, with the error in one line", async () => {
  const [result] = await results(
    step("a", async () => {
      throw new Error("first\nsecond", { cause: new Error("why") });
    }),
  );
  assert.equal([result?.outcome, result?.detail], ["failed", "first"]);
});
test("outcome :: a missing capability is not provable, and not run", async () => {
  const [result] = await results(step("a", async () => assert.unreachable() as never, { needs: "access-rights" }));
  assert.equal([result?.outcome, result?.detail], ["not provable", "not provable here: it has no users"]);
});
test("deadline :: tells what was seen last", async () => {
  const [result] = await results(
    step("a", (proof) => proof.until("the flag", async () => ({ seen: "404" })).then(() => undefined)),
  );
  assert.equal([result?.outcome, result?.detail], ["failed", "not so after 0.1 s; last seen: the flag: 404"]);
});
test("deadline :: ends a step that looks at no signal", async () => {
  const [result] = await results(step("a", () => new Promise(() => {})));
  assert.is(result?.outcome, "failed");
});
test("taking back :: the last first, also after a failure", async () => {
  const undone: string[] = [];
  await results(
    step("a", async (proof) => {
      proof.undo(async () => void undone.push("first"));
      proof.undo(async () => void undone.push("second"));
      throw new Error("no");
    }),
  );
  assert.equal(undone, ["second", "first"]);
});
test("taking back :: after an interruption", async () => {
  const undone: string[] = [];
  const interrupt = new AbortController();
  const list = [
    step("a", async (proof) => {
      proof.undo(async () => void undone.push("a"));
      interrupt.abort(new Error("Ctrl-C"));
      return new Promise(() => {});
    }),
  ];
  try {
    await runSteps(list, bare, { begins() {}, ends() {} }, interrupt.signal);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "Ctrl-C");
  }
  assert.equal(undone, ["a"]);
});
test("taking back :: what cannot be is told", async () => {
  const list = [
    step("a", async (proof) => {
      proof.undo(async () => {
        throw new Error("gone");
      });
      return undefined;
    }),
  ];
  const { leftovers } = await runSteps(list, bare, { begins() {}, ends() {} }, never);
  assert.equal(leftovers, ["gone", "the last export: the exporter ended with exit code 1: refused"]);
});
test("once :: shared between steps", async () => {
  let made = 0;
  const share: Step["run"] = async (proof) => {
    await proof.once("thing", async () => {
      made += 1;
    });
    return undefined;
  };
  await results(step("a", share), step("b", share));
  assert.is(made, 1);
});

test.run();

// ---

const list = suite("steps");
list("titles :: each states one fact, once", () => {
  const titles = steps.map(({ title }) => title);
  assert.is(new Set(titles).size, titles.length);
});
list("groups :: every group has steps, in the groups' order", () => {
  assert.equal([...new Set(steps.map(({ group }) => group))], [...groups]);
});
list.run();

// ---

const done: Result[] = [
  { group: "locality", title: "a < b", outcome: "passed", seconds: 1.5, detail: "" },
  { group: "locality", title: "c", outcome: "failed", seconds: 0.25, detail: 'saw "x"\u0007' },
  { group: "access", title: "d", outcome: "not provable", seconds: 0, detail: "no users" },
];

const report = suite("report");
report("summary :: counts each outcome", () => {
  assert.is(summarise(count(done), "local"), "mode local NOT verified: 1 passed, 1 failed, 1 not provable here");
});
report("junit :: failures, skips and escapes", () => {
  const xml = junit("lab", done);
  assert.match(xml, '<testsuites tests="3" failures="1" skipped="1" time="1.750">');
  assert.match(xml, '<testcase classname="locality" name="a &lt; b" time="1.500"/>');
  assert.match(xml, '<failure message="saw &quot;x&quot;\ufffd"/>');
  assert.match(xml, '<skipped message="no users"/>');
});
report.run();
