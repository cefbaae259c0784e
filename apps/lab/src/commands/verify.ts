import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { Driver, Session, Settings } from "../drivers/driver.ts";
import { findDriver } from "../drivers/index.ts";
import { emptyFolder, writeHops } from "../evidence.ts";
import { Fault, oneLine } from "../fault.ts";
import type { Lab } from "../lab.ts";
import type { ModeName } from "../modes.ts";
import { junit } from "../report/junit.ts";
import { count, nameFalse, observeSteps, summarise } from "../report/text.ts";
import { steps } from "../steps/index.ts";
import { type Observer, type Result, runSteps } from "../steps/run.ts";
import type { Step } from "../steps/step.ts";
import { holdsNothing, sweep } from "../steps/sweep.ts";
import { oneOf, pattern } from "./option-values.ts";
import { define, noSeed, type Starting, seed, starting, toSettings } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

const formats = ["text", "json", "junit"] as const;

/** What is verified, and how it is told. */
interface Request {
  only?: RegExp | undefined;
  output: (typeof formats)[number];
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
async function keepEvidence({ lab, keepEvidence }: Session, path: string, results: Result[]): Promise<string> {
  const folder = await emptyFolder(path);
  await writeFile(join(folder, "results.json"), JSON.stringify(results, null, 2));
  await writeHops(lab, folder);
  await keepEvidence(folder);
  return folder;
}

const quiet: Observer = { begins() {}, ends() {} };

/**
 * Proves every fact of a mode.
 *
 * @throws {Fault} with exit code 1 when one is false, 2 when the lab does not run, 3 for a filter that matches nothing
 */
async function verify(
  driver: Driver,
  settings: Settings,
  { only, output }: Request,
  terminal: Terminal,
): Promise<void> {
  const { mode } = settings;
  const { result, progress, signal } = terminal;
  const chosen = select([...steps, ...driver.steps], mode, only);
  const text = output === "text";
  const screen = text ? result : progress;
  const session = await driver.open(settings, surroundings(terminal, screen));
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
    if (output === "json") result.print(JSON.stringify({ mode, ring: lab.ring, ...counts, results }, null, 2));
    if (output === "junit") result.print(junit(`flipt-sidecar-lab ${mode}`, results));
    if (text) screen.print("", summarise(counts, mode));
    if (counts.failed === 0) return;
    // Thrown, so that it is told after all that closing the session has to say.
    const folder = await keepEvidence(session, settings.evidence, results);
    throw new Fault(1, nameFalse(results, mode), { note: `logs and states: ${folder}` });
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

interface Options extends Starting, Request {}

/** `lab verify` */
export const verifyCommand = (terminal: Terminal): Command =>
  define(
    "verify",
    "prove each fact of a mode, on the running lab or on one of its own; exit 1 when one is false",
    starting,
  )
    .addOption(seed)
    .addOption(noSeed)
    .option("--only <regex>", "only steps whose group or title matches", pattern)
    .option("--output <format>", "text, json or junit", oneOf(formats), "text")
    .action(async ({ only, output, ...options }: Options) => {
      await verify(await findDriver(options.on), await toSettings("verify", options), { only, output }, terminal);
    });
