import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flipt, startSidecar } from "../../../testing/flipt.ts";
import { start } from "../../../testing/process.ts";
import { differences } from "./differences.ts";
import { type CliCase, cliCases, playCase } from "./replay/cli.ts";

const recorded = suite("recorded commands");

/** A recorded case in the emulator's words where these are listed as different. */
const inOurWords = (recorded: CliCase): CliCase =>
  differences()
    .filter(({ cases }) => cases?.includes(recorded.name))
    .reduce<CliCase>(
      (text, { flipt, emulator }) => JSON.parse(JSON.stringify(text).replace(flipt, emulator)),
      recorded,
    );

for (const one of cliCases().map(inOurWords)) {
  recorded(`command line :: ${one.name}`, async () => {
    assert.equal(await playCase(one), [], "ends as recorded");
  });
}

recorded.run();

const watch = suite("evaluate --watch");

watch("evaluate :: again and again, as the flag is then, until it is ended", async () => {
  const file = (enabled: boolean) => `flags: [{key: a, name: a, type: BOOLEAN_FLAG_TYPE, enabled: ${enabled}}]\n`;
  const sidecar = await startSidecar({
    state: file(false),
    env: { FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: "30ms" },
  });
  const watching = start(flipt, { args: ["evaluate", "a", "-a", sidecar.url, "-e", "e", "--watch", "-i", "30ms"] });
  const lines = () => watching.output().trim().split("\n");
  const seen = (enabled: boolean) =>
    until(`two lines that say ${enabled}`, { seconds: 120, everyMs: 30 }, async () => {
      const count = lines().filter((line) => line.includes(`"enabled":${enabled}`)).length;
      return count >= 2 ? { value: true } : { seen: watching.output() };
    });
  try {
    await seen(false);
    await writeFile(join(sidecar.dir, "features.yml"), file(true));
    await seen(true);
    const { code, signal, stderr } = await watching.stop();
    assert.equal([code, signal, stderr], [null, "SIGTERM", ""]);
    const told = lines().map((line) => JSON.parse(line).enabled);
    assert.equal(told, told.toSorted(), "never back to the old state");
  } finally {
    await watching.stop();
    await sidecar.stop();
  }
});

watch("evaluate :: an instance that ends is one line and exit 1", async () => {
  const sidecar = await startSidecar({ state: "flags: [{key: a, name: a, type: BOOLEAN_FLAG_TYPE, enabled: true}]\n" });
  const watching = start(flipt, { args: ["evaluate", "a", "-a", sidecar.url, "--watch", "--interval", "30ms"] });
  await until("a line", { seconds: 120, everyMs: 30 }, async () =>
    watching.output() === "" ? { seen: "nothing" } : { value: true },
  );
  await sidecar.stop();
  const { code, stderr } = await watching.finished;
  assert.is(code, 1);
  assert.match(stderr, /^Error: .*\n$/);
});

watch.run();
