import { type Environment, findConfiguration, readConfig } from "../config.ts";
import type { Platform } from "../meta/routes.ts";
import { disclaimer } from "../version.ts";
import { readArguments } from "./arguments.ts";

/** Where a command runs. */
export interface Surroundings {
  env: Environment;
  /** The working directory. */
  directory: string;
  /** Whether there is a configuration file at a path. */
  exists(path: string): boolean;
  platform: Platform;
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

const help = `${disclaimer}

usage: flipt-emulator                     serve (FLIPT_* variables say what and where)
       flipt-emulator export              write the database, or with --address a running instance, as a document
       flipt-emulator import [FILE]       read a document into the database, or with --address into a running instance
       flipt-emulator evaluate FLAG       ask a running instance
       flipt-emulator validate [PATH…]    build what a sidecar would build, and say what is wrong
       flipt-emulator migrate             make the database, or bring its schema up to date
       flipt-emulator --version
`;

const serverOptions = { config: { type: "string" }, "force-migrate": { type: "boolean" } } as const;

/** What a server is started with; undefined when these words are a command instead. */
export function readServerArguments(args: string[]): { config: string | undefined } | undefined {
  if (isCommand(args[0]) || isCommand(commandFirst(args)[0])) return undefined;
  const { values, positionals } = readArguments(args, serverOptions);
  if (positionals[0] !== undefined) throw new Error(unknownCommand(positionals[0]));
  return { config: values.config };
}

const commands = ["export", "import", "evaluate", "validate", "migrate", "help", "--help", "-h", "--version", "-v"];
const isCommand = (word: string | undefined): boolean => word !== undefined && commands.includes(word);

/** A flag may stand before the command as well as behind it. */
function commandFirst([first = "", ...rest]: string[]): string[] {
  if (/^--config=/.test(first)) return [rest[0] ?? "", first, ...rest.slice(1)];
  if (first === "--config") return [rest[1] ?? "", first, ...rest.slice(0, 1), ...rest.slice(2)];
  if (/^--force-migrate/.test(first)) return [rest[0] ?? "", first, ...rest.slice(1)];
  return [first, ...rest];
}

const unknownCommand = (word: string): string => `unknown command "${word}" for "flipt"\nRun 'flipt --help' for usage.`;

/**
 * Runs a command that is not the server, to its end.
 *
 * @returns the exit code; an error is one line `Error: …` on standard error
 */
export async function runCommand(args: string[], surroundings: Surroundings): Promise<number> {
  try {
    return await run(commandFirst(args), surroundings);
  } catch (error) {
    surroundings.stderr.write(`Error: ${(error as Error).message}\n`);
    return 1;
  }
}

async function run([command = "", ...args]: string[], surroundings: Surroundings): Promise<number> {
  const { directory, stdout, platform } = surroundings;
  if (args.includes("--help") || args.includes("-h")) return print(stdout, help);
  switch (command) {
    case "--version":
    case "-v":
      return print(stdout, (await import("./version.ts")).versionText(platform));
    case "--help":
    case "-h":
    case "help":
      return print(stdout, help);
    case "validate": {
      const { runValidate } = await import("./validate.ts");
      announceMissingFile(surroundings);
      return runValidate(args, directory, surroundings);
    }
    case "import":
      return (await import("./import.ts")).runImport(args, databaseOf(surroundings), directory, surroundings);
    case "export":
      return (await import("./export.ts")).runExport(args, databaseOf(surroundings), directory, surroundings);
    case "migrate":
      return (await import("./migrate.ts")).runMigrate(args, databaseOf(surroundings));
    case "evaluate":
      return (await import("./evaluate.ts")).runEvaluate(args, stdout);
  }
  if (command.startsWith("-")) throw new Error(`unknown flag: ${command}`);
  throw new Error(unknownCommand(command));
}

function print(stdout: NodeJS.WritableStream, text: string): number {
  stdout.write(text);
  return 0;
}

/** The database's URL, by the configuration that `--config` names; a command that is given an address does not ask. */
const databaseOf =
  (surroundings: Surroundings) =>
  (named: string | undefined): string => {
    announceMissingFile(surroundings, named);
    if (named) surroundings.stderr.write(unread(named));
    return readConfig(surroundings.env).databaseUrl;
  };

/** Said of a configuration file, so that nobody takes its settings for those that are used. */
export const unread = (file: string): string => `${file} is not read: the emulator reads FLIPT_* variables only\n`;

/** The line that v1.61.1 prints on standard output before a command's own (recorded). */
function announceMissingFile({ env, exists, stdout }: Surroundings, named?: string): void {
  if (findConfiguration(named, env, exists) !== undefined) return;
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  stdout.write(`${time}\t\u001b[34mINFO\u001b[0m\tno configuration file found, using defaults\n`);
}
