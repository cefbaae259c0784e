import type { Command } from "commander";
import { chart } from "../bench/chart.ts";
import { type Extent, type Group, groups, measure, type State, states } from "../bench/measure.ts";
import { text } from "../bench/table.ts";
import type { Settings } from "../drivers/driver.ts";
import { findDriver, type RingName } from "../drivers/index.ts";
import { Fault } from "../fault.ts";
import { collectOf, count, duration, oneOf } from "../options.ts";
import type { Screens } from "./verify.ts";

const formats = ["text", "json", "svg"] as const;

/** What the options of this command come to. */
interface BenchOptions extends Omit<Settings, "evidence">, Pick<Extent, "runs" | "seconds" | "changes"> {
  on: RingName;
  component: string[];
  every: number;
  poll: number | undefined;
  only: Group[];
  state: State[];
  output: (typeof formats)[number];
}

/** Where a command prints, and what may end it. */
interface Wiring extends Screens {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** The folder of what is known when a lab of a mode does not start. */
  evidence(mode: string): string;
}

/** Those of a list that were asked for, in its order; all where none was. */
const choose = <T>(all: readonly T[], asked: T[]): T[] =>
  all.filter((each) => asked.length === 0 || asked.includes(each));

/**
 * Measures a lab that is made for it and removed after it.
 *
 * @throws {Fault} when there is none to be had
 */
async function bench(options: BenchOptions, { result, progress, env, signal, evidence }: Wiring): Promise<void> {
  const { on, component, every, poll, only, state, output } = options;
  const settings = {
    ...options,
    evidence: evidence(options.mode),
    components: component,
    exportSeconds: every,
    pollSeconds: poll,
  };
  const driver = await findDriver(on);
  if (!driver.openGround)
    throw new Fault(
      3,
      `ring "${on}" measures nothing by itself; measure its cluster with: --on kubernetes --context NAME`,
    );
  const ground = await driver.openGround(settings, { env, screen: progress, signal });
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

/** `lab bench`, with the options that are its own. */
export function addBench(command: Command, wiring: Wiring): void {
  command
    .option("--only <group>", `only this group: ${groups.join(", ")}; may be repeated`, collectOf(groups), [])
    .option("--state <state>", "only this state: small (the seed) or large; may be repeated", collectOf(states), [])
    .option("--runs <number>", "how often each evaluation is measured, its servers by turns", count, 3)
    .option("--seconds <duration>", "how long each measurement lasts", duration, 5)
    .option("--changes <number>", "how many changes are followed to the sidecar", count, 10)
    .option("--output <format>", "text, json or svg", oneOf(formats), "text")
    .action((options: BenchOptions) => bench(options, wiring));
}
