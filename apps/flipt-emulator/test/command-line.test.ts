import { suite } from "uvu";
import * as assert from "uvu/assert";
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
