import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cliCases, playCase } from "./replay/cli.ts";

const recorded = suite("recorded commands");

for (const one of cliCases()) {
  recorded(`command line :: ${one.name}`, async () => {
    assert.equal(await playCase(one), [], "ends as recorded");
  });
}

recorded.run();
