import { type Command, Option } from "commander";
import { chart } from "../bench/chart.ts";
import { type Extent, type Group, groups, measure, type State, states } from "../bench/measure.ts";
import { text } from "../bench/table.ts";
import { findDriver } from "../drivers/index.ts";
import { Fault } from "../fault.ts";
import { collectOf, count, duration, oneOf } from "./option-values.ts";
import { define, type Starting, starting, toSettings } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

const formats = ["text", "json", "svg"] as const;

interface Options extends Starting, Pick<Extent, "runs" | "seconds" | "changes"> {
  only: Group[];
  state: State[];
  output: (typeof formats)[number];
}

/** Those of a list that were asked for, in its order; all where none was. */
const choose = <T>(all: readonly T[], asked: T[]): T[] =>
  all.filter((each) => asked.length === 0 || asked.includes(each));

/**
 * Measures a lab that is made for it and removed after it.
 *
 * @throws {Fault} when there is none to be had
 */
async function bench(options: Options, terminal: Terminal): Promise<void> {
  const { result, progress, signal } = terminal;
  const { on, only, state, output } = options;
  const driver = await findDriver(on);
  if (!driver.openTestbed)
    throw new Fault(
      3,
      `ring "${on}" measures nothing by itself; measure its cluster with: --on kubernetes --context NAME`,
    );
  const ground = await driver.openTestbed(await toSettings("bench", options), surroundings(terminal, progress));
  try {
    const extent = { ...options, groups: choose(groups, only), states: choose(states, state) };
    const report = await measure(ground, extent, signal, (line) => progress.print(line));
    const shown = {
      text: () => text(report),
      json: () => JSON.stringify(report, null, 2),
      svg: () => chart([report]).trimEnd(),
    };
    result.print(shown[output]());
  } finally {
    await ground.close();
  }
}

/** `lab bench` */
export const benchCommand = (terminal: Terminal): Command =>
  define("bench", "measure latency, throughput, propagation and cost, on a lab of its own that is removed", [
    ...starting.filter(({ long }) => long !== "--namespace"),
    new Option("--namespace <name>", "kubernetes: the namespace").default("flipt-sidecar-lab-bench"),
  ])
    .option("--only <group>", `only this group: ${groups.join(", ")}; may be repeated`, collectOf(groups), [])
    .option("--state <state>", "only this state: small (the seed) or large; may be repeated", collectOf(states), [])
    .option("--runs <number>", "how often each evaluation is measured, its servers by turns", count, 3)
    .option("--seconds <duration>", "how long each measurement lasts", duration, 5)
    .option("--changes <number>", "how many changes are followed to the sidecar", count, 10)
    .option("--output <format>", "text, json or svg", oneOf(formats), "text")
    .action((options: Options) => bench(options, terminal));
