// Ctrl-C and kill -9 at any moment of `lab up`, then `up` or `down`; part of npm run test:cluster.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Running } from "../../../../testing/process.ts";
import { modeNames } from "../../src/modes.ts";
import { until } from "../../src/until.ts";
import { fliptComponent, Place } from "./place.ts";

const place = await Place.reach("-interrupt");
const up = ["up", ...fliptComponent, "--mode"];
/** An `up` from nothing takes longer than this. */
const longestMs = 20_000;

/** Waits until a program has run for some time, or has ended before. */
const letRun = ({ child }: Running, ms: number): Promise<boolean> => {
  const end = Date.now() + ms;
  return until<boolean>("the moment", { seconds: ms / 1000 + 5 }, async () =>
    Date.now() >= end || child.exitCode !== null ? { value: true } : { seen: "it runs" },
  );
};

/** Starts `up` and ends it after some time. */
async function interrupt(mode: string, signal: "SIGINT" | "SIGKILL", ms: number): Promise<void> {
  const running = place.start([...up, mode]);
  await letRun(running, ms);
  const killed = Date.now();
  running.child.kill(signal);
  const { code, signal: died, stdout, stderr } = await running.finished;
  const what = `${signal} after ${ms} ms: ${stdout.trimEnd().split("\n").at(-1) || "nothing said yet"}`;
  console.log(`interrupted ${mode}: ${what}`);
  if (signal === "SIGKILL") return assert.is(died, "SIGKILL", what);
  // Before Node has installed the handler the signal itself ends the process.
  assert.ok(code === 130 || died === "SIGINT", `${what}; exit code ${code}, ${stderr}`);
  assert.ok(Date.now() - killed < 5000, `${what}; it took ${Date.now() - killed} ms to end`);
}

/** Random moments, one in each fifth of the time. */
const moments = Array.from({ length: 5 }, (_, fifth) => Math.round(((fifth + Math.random()) * longestMs) / 5));

const test = suite("interrupted on a cluster");

for (const [index, ms] of moments.entries()) {
  const mode = modeNames[index % modeNames.length] ?? "";
  const then = index % 2 === 0 ? "up" : "down";
  test(`SIGINT in mode ${mode} after ${ms} ms :: then ${then}`, async () => {
    await interrupt(mode, "SIGINT", ms);
    if (then === "up") {
      const { code, stdout, stderr } = await place.lab([...up, mode]);
      assert.is(code, 0, `${stdout}${stderr}`);
      assert.match(stdout, /flipt-sidecar +flag ".*" is (true|false)/);
    }
    const { code, stdout, stderr } = await place.lab(["down"]);
    assert.is(code, 0, `${stdout}${stderr}`);
    assert.equal(await place.leftovers(), []);
  });
}

test("SIGKILL :: then up in the other mode, then SIGINT of down, then down", async () => {
  const [first = "", second = ""] = modeNames;
  await interrupt(first, "SIGKILL", Math.round(3000 + Math.random() * 10_000));
  const again = await place.lab([...up, second]);
  assert.is(again.code, 0, `${again.stdout}${again.stderr}`);
  const removing = place.start(["down"]);
  await letRun(removing, 3000);
  removing.child.kill("SIGINT");
  await removing.finished;
  const { code, stdout, stderr } = await place.lab(["down"]);
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.equal(await place.leftovers(), []);
});

test.after(() => place.remove());

test.run();
