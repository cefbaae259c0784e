import { type Environment, readConfig } from "../config.ts";
import type { Platform } from "../meta/routes.ts";
import { disclaimer } from "../version.ts";

/** Where a command runs. */
export interface Surroundings {
  env: Environment;
  /** The working directory. */
  directory: string;
  /** Where the configuration file is that the real Flipt would read; undefined without one. */
  file: string | undefined;
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
       flipt-emulator --version
`;

/** Whether these words start the server instead of a command. */
export const serves = ([command = ""]: readonly string[]): boolean => command === "" || command === "--config";

/**
 * Runs a command that is not the server, to its end.
 *
 * @returns the exit code; an error is one line `Error: …` on standard error
 */
export async function runCommand(args: string[], surroundings: Surroundings): Promise<number> {
  try {
    return await run(args, surroundings);
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
      return (await import("./import.ts")).runImport(args, databaseOf(args, surroundings), directory, surroundings);
    case "export":
      return (await import("./export.ts")).runExport(args, databaseOf(args, surroundings), directory, surroundings);
    case "evaluate":
      return (await import("./evaluate.ts")).runEvaluate(args, stdout);
  }
  if (command.startsWith("-")) throw new Error(`unknown flag: ${command}`);
  throw new Error(`unknown command "${command}" for "flipt"\nRun 'flipt --help' for usage.`);
}

function print(stdout: NodeJS.WritableStream, text: string): number {
  stdout.write(text);
  return 0;
}

/** The database's URL; with an address the configuration is not asked for, so that nothing is announced. */
function databaseOf(args: string[], surroundings: Surroundings): string {
  if (!args.some((word) => /^(-a|--address)/.test(word))) announceMissingFile(surroundings);
  return readConfig(surroundings.env, surroundings.file).databaseUrl;
}

/** The line that v1.61.1 prints on standard output before a command's own (recorded). */
function announceMissingFile({ file, stdout }: Surroundings): void {
  if (file !== undefined) return;
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  stdout.write(`${time}\t\u001b[34mINFO\u001b[0m\tno configuration file found, using defaults\n`);
}
