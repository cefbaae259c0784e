import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { find, start } from "../drivers/process/driver.ts";
import { Home } from "../drivers/process/home.ts";
import type { Options } from "../drivers/process/prepare.ts";
import { Fault, oneLine } from "../fault.ts";
import { type Lab, parts } from "../lab.ts";
import type { ModeName } from "../modes.ts";
import { junit } from "../report/junit.ts";
import type { Screen } from "../report/screen.ts";
import { showStarts } from "../report/starts.ts";
import { count, observeSteps, summarise } from "../report/text.ts";
import { observe } from "../status.ts";
import { steps } from "../steps/index.ts";
import { type Observer, type Result, runSteps } from "../steps/run.ts";
import type { Step } from "../steps/step.ts";
import { sweep } from "../steps/sweep.ts";

export interface VerifyOptions extends Omit<Options, "home" | "news" | "anyPort" | "env"> {
  dir: string;
  only?: RegExp;
  output: "text" | "json" | "junit";
}

export interface Screens {
  /** For what was asked for. */
  result: Screen;
  /** For how it goes. */
  progress: Screen;
}

interface Ready {
  lab: Lab;
  /** Ends the lab, when it was started for this verification. */
  release(): Promise<void>;
}

/** The running lab of the folder when its mode is the wanted one, else one of its own on free ports. */
async function open(
  options: VerifyOptions,
  env: NodeJS.ProcessEnv,
  screen: Screen,
  signal: AbortSignal,
): Promise<Ready> {
  const news = (line: string): void => screen.print(line);
  const running = await find(new Home(options.dir), news);
  if (running?.mode === options.mode) {
    screen.print(`verifying the lab that runs in "${options.dir}"`);
    return { lab: running, release: async () => {} };
  }
  if (running)
    screen.print(
      `the lab in "${options.dir}" runs in mode ${running.mode}; verifying mode ${options.mode} on one of its own`,
    );
  const home = new Home(await mkdtemp(join(tmpdir(), "flipt-sidecar-lab-")));
  const settings = { ...options, home, env, news, anyPort: true };
  try {
    const { lab, stop } = await start(settings, signal, (starts) => showStarts(starts, screen, signal));
    const release = async (): Promise<void> => {
      await stop();
      home.remove();
    };
    return { lab, release };
  } catch (error) {
    home.remove();
    throw error;
  }
}

function select(mode: ModeName, only: RegExp | undefined): Step[] {
  const ofMode = steps.filter(({ modes }) => !modes || modes.includes(mode));
  const chosen = only ? ofMode.filter(({ group, title }) => only.test(group) || only.test(title)) : ofMode;
  if (chosen.length === 0)
    throw new Fault(
      3,
      `no step of mode ${mode} matches ${only}; groups: ${[...new Set(ofMode.map(({ group }) => group))].join(", ")}`,
    );
  return chosen;
}

/** Logs, results and what each hop answered, for who has to find out why. */
async function keepEvidence(lab: Lab, results: Result[]): Promise<string> {
  const folder = join(process.cwd(), ".lab-failure");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "results.json"), JSON.stringify(results, null, 2));
  const seen = await observe(lab).catch((error) => ({ error: oneLine(error) }));
  await writeFile(
    join(folder, "hops.json"),
    JSON.stringify(seen, (_, value) => (value instanceof Error ? oneLine(value) : value), 2),
  );
  for (const part of parts) await writeFile(join(folder, `${part}.log`), await lab.logs(part));
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
  options: VerifyOptions,
  env: NodeJS.ProcessEnv,
  screens: Screens,
  signal: AbortSignal,
): Promise<number> {
  const { mode, only, output } = options;
  const chosen = select(mode, only);
  const text = output === "text";
  const { lab, release } = await open(options, env, text ? screens.result : screens.progress, signal);
  const screen = text ? screens.result : screens.progress;
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
    screen.print(`logs and states: ${await keepEvidence(lab, results)}`);
    return 1;
  } finally {
    await release();
  }
}

/** A fact is false only where the lab itself works: else it is the environment that is broken. */
async function insistOnLab(lab: Lab): Promise<void> {
  try {
    const removed = await sweep(lab.addresses.master);
    if (removed.length > 0) await lab.export({ allowShrink: true });
  } catch (error) {
    throw new Fault(2, `the lab does not work: ${oneLine(error)}`, {
      part: "flipt-master",
      log: await lab.logs("flipt-master"),
    });
  }
}
