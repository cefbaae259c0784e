import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startInstance } from "./replay/instance.ts";
import { play } from "./replay/play.ts";
import { scenarios } from "./replay/scenario.ts";

const recorded = suite("recorded");

for (const scenario of scenarios().filter(({ start }) => start === undefined)) {
  recorded(`exchanges :: ${scenario.name}`, async () => {
    const instance = await startInstance(scenario.role, scenario.state, scenario.env);
    try {
      assert.equal(await play(scenario, instance.port), [], "answers as recorded");
    } finally {
      await instance.close();
    }
  });
}

/** The last line of what a failed start would print. */
const lastLine = (error: Error): string => `Error: ${error.message}`.split("\n").at(-1) ?? "";

for (const { name, role, state, start } of scenarios()) {
  if (!start) continue;
  recorded(`refused starts :: ${name}`, async () => {
    const outcome: Instance | Error = await startInstance(role, state).catch((error: Error) => error);
    if (!(outcome instanceof Error)) {
      await outcome.close();
      assert.unreachable("should not start");
    } else if (start.lastLine !== undefined) assert.is(lastLine(outcome), start.lastLine);
    else for (const mention of start.mentions ?? []) assert.match(`Error: ${outcome.message}`, mention);
  });
}

recorded.run();
