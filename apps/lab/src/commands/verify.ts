import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Driver, Session, Settings } from "../drivers/driver.ts";
import { writeHops } from "../evidence.ts";
import { Fault, oneLine } from "../fault.ts";
import type { Lab } from "../lab.ts";
import type { ModeName } from "../modes.ts";
import { junit } from "../report/junit.ts";
import type { Screen } from "../report/screen.ts";
import { count, observeSteps, summarise } from "../report/text.ts";
import { steps } from "../steps/index.ts";
import { type Observer, type Result, runSteps } from "../steps/run.ts";
import type { Step } from "../steps/step.ts";
import { holdsNothing, sweep } from "../steps/sweep.ts";

export interface VerifyOptions extends Settings {
  only?: RegExp;
  output: "text" | "json" | "junit";
}

export interface Screens {
  /** For what was asked for. */
  result: Screen;
  /** For how it goes. */
  progress: Screen;
}

function select(all: Step[], mode: ModeName, only: RegExp | undefined): Step[] {
  const ofMode = all.filter(({ modes }) => !modes || modes.includes(mode));
  const chosen = only ? ofMode.filter(({ group, title }) => only.test(group) || only.test(title)) : ofMode;
  if (chosen.length === 0)
    throw new Fault(
      3,
      `no step of mode ${mode} matches ${only}; groups: ${[...new Set(ofMode.map(({ group }) => group))].join(", ")}`,
    );
  return chosen;
}

/** Logs, results and what each hop answered, for who has to find out why. */
async function keepEvidence({ lab, keepEvidence }: Session, results: Result[]): Promise<string> {
  const folder = join(process.cwd(), ".lab-failure");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "results.json"), JSON.stringify(results, null, 2));
  await writeHops(lab, folder);
  await keepEvidence(folder);
  return folder;
}

const quiet: Observer = { begins() {}, ends() {} };

/**
 * Proves every fact of a mode.
 *
 * @returns 0 when all hold, 1 when one is false
 * @throws {Fault} with exit code 2 when the lab does not run, 3 for a filter that matches nothing
 */
export async function verify(
  driver: Driver,
  options: VerifyOptions,
  env: NodeJS.ProcessEnv,
  screens: Screens,
  signal: AbortSignal,
): Promise<number> {
  const { mode, only, output } = options;
  const chosen = select([...steps, ...driver.steps], mode, only);
  const text = output === "text";
  const screen = text ? screens.result : screens.progress;
  const session = await driver.open(options, { env, screen, signal });
  const { lab } = session;
  try {
    await insistOnLab(lab);
    screen.print(`\nmode ${mode}; ${lab.programs.flipt}; store: ${lab.programs.store}`);
    const { results, leftovers } = await runSteps(
      chosen,
      lab,
      text || screen.isTerminal ? observeSteps(screen) : quiet,
      signal,
    );
    const counts = count(results);
    for (const line of leftovers) screen.print(`could not be taken back: ${line}`);
    if (output === "json") screens.result.print(JSON.stringify({ mode, ring: lab.ring, ...counts, results }, null, 2));
    if (output === "junit") screens.result.print(junit(`flipt-sidecar-lab ${mode}`, results));
    if (text) screen.print("", summarise(counts, mode));
    if (counts.failed === 0) return 0;
    screen.print(`logs and states: ${await keepEvidence(session, results)}`);
    return 1;
  } finally {
    await session.close();
  }
}

/** A fact is false only where the lab itself works: else it is the environment that is broken. */
async function insistOnLab(lab: Lab): Promise<void> {
  try {
    const removed = await sweep(lab.addresses.master);
    if (removed.length > 0) await lab.export({ allowShrink: true, allowEmpty: await holdsNothing(lab) });
  } catch (error) {
    throw new Fault(2, `the lab does not work: ${oneLine(error)}`, {
      part: "flipt-master",
      log: await lab.logs("flipt-master"),
    });
  }
}
