import { Command, CommanderError } from "commander";
import { Fault, oneLine } from "../fault.ts";
import { benchCommand } from "./bench.ts";
import { clusterCommand } from "./cluster.ts";
import { diagnosticsCommand } from "./diagnostics.ts";
import { downCommand } from "./down.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { statusCommand } from "./status.ts";
import type { Terminal } from "./terminal.ts";
import { upCommand } from "./up.ts";
import { verifyCommand } from "./verify.ts";

/** A command a file: it holds its words, its options and what it does. */
const commands = [
  upCommand,
  verifyCommand,
  benchCommand,
  statusCommand,
  exportCommand,
  importCommand,
  downCommand,
  diagnosticsCommand,
  clusterCommand,
];

const usageExit = 3;

/** Complaints go where the program's do, and nothing but the program exits. */
function prepare(command: Command): Command {
  command.exitOverride();
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "lab: ")) });
  command.commands.forEach(prepare);
  return command;
}

/** The command line of `lab`. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command("lab").description(
    "Runs Flipt as a sidecar that is fed from a copy of its master, proves that it works and shows where it stands",
  );
  for (const create of commands) program.addCommand(create(terminal));
  return prepare(program);
}

/**
 * Prints what a person has to read of an error.
 *
 * @returns the exit code: 130 after Ctrl-C, 3 for wrong usage, else the fault's own
 */
export function report(error: unknown, { progress, env, signal }: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExit;
  if (signal.aborted) return 130;
  if (env.LAB_DEBUG && error instanceof Error) progress.print(String(error.stack));
  progress.print(`lab: ${oneLine(error)}`);
  if (!(error instanceof Fault)) return 2;
  if (error.note) progress.print(`  ${error.note}`);
  if (error.tail)
    progress.print(`  the end of ${error.part}'s log:`, ...error.tail.split("\n").map((line) => `  | ${line}`));
  return error.exit;
}
