import { existsSync } from "node:fs";
import { type Config, configurationFolder, readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import type { Platform } from "./meta/routes.ts";
import { disclaimer } from "./version.ts";

const { env, argv, stdout, stderr } = process;

// users see no warnings that are not theirs: the SDK says at every start that it will drop Node 20 some day
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const platform: Platform = {
  runtime: `node${process.versions.node}`,
  os: process.platform,
  arch: process.arch === "x64" ? "amd64" : process.arch,
};

const help = `${disclaimer}

usage: flipt-emulator                     serve (FLIPT_* variables say what and where)
       flipt-emulator import [FILE]       read a document into the database, or with --address into a running instance
       flipt-emulator validate [PATH…]    build what a sidecar would build, and say what is wrong
       flipt-emulator --version
`;

/** Runs a command; a server returns before it ends. */
async function main(args: string[]): Promise<number | undefined> {
  const [command = ""] = args;
  if (command === "--version" || command === "-v")
    return print((await import("./commands/version.ts")).versionText(platform));
  if (command === "--help" || command === "-h" || command === "help") return print(help);
  if (command === "validate") return validate(args.slice(1));
  if (command === "import") return runImport(args.slice(1));
  if (command === "" || command === "--config") return startServer();
  if (command.startsWith("-")) throw new Error(`unknown flag: ${command}`);
  throw new Error(`unknown command "${command}" for "flipt"\nRun 'flipt --help' for usage.`);
}

function print(text: string): number {
  stdout.write(text);
  return 0;
}

async function validate(args: string[]): Promise<number> {
  const { runValidate } = await import("./commands/validate.ts");
  announceMissingFile(configurationFile());
  return runValidate(args, process.cwd(), { stdout });
}

async function runImport(args: string[]): Promise<number> {
  const command = await import("./commands/import.ts");
  const config = readConfig(env, configurationFile());
  if (!args.some((word) => /^(-a|--address)/.test(word))) announceMissingFile(config.file);
  return command.runImport(args, config, { stdin: process.stdin, stdout, stderr });
}

const signals = ["SIGTERM", "SIGINT"] as const;

async function startServer(): Promise<undefined> {
  // The first process of a container does not die of a signal that it does not handle, also not while it starts.
  const early = (): never => process.exit(0);
  for (const signal of signals) process.on(signal, early);
  const config = readConfig(env, configurationFile());
  const { serve } = await import("./commands/serve.ts");
  const log = createLog(config.log, (line) => stdout.write(line));
  stderr.write(`${disclaimer}\n`);
  if (config.file !== undefined) log("WARN", "the emulator reads no configuration file", { file: config.file });
  if (pollsWithoutPause(config)) {
    stderr.write("panic: non-positive interval for NewTicker\n");
    process.exit(2);
  }
  const serving = await serve(config, log, platform);
  for (const signal of signals) {
    process.off(signal, early);
    process.once(signal, () => {
      serving.close().then(
        () => process.exit(0),
        (error: Error) => {
          stderr.write(`Error: ${error.message}\n`);
          process.exit(1);
        },
      );
    });
  }
}

const pollsWithoutPause = ({ storage }: Config): boolean =>
  (storage.type === "object" && storage.s3.pollMs <= 0) || (storage.type === "local" && storage.pollMs <= 0);

/** Where v1.61.1 looks for a configuration file when none is named. */
function configurationFile(): string | undefined {
  return [`${configurationFolder(env)}/flipt/config.yml`, "/etc/flipt/config/default.yml"].find((path) =>
    existsSync(path),
  );
}

/** The line that v1.61.1 prints on standard output before a command's own (recorded). */
function announceMissingFile(file: string | undefined): void {
  if (file !== undefined) return;
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  stdout.write(`${time}\t\u001b[34mINFO\u001b[0m\tno configuration file found, using defaults\n`);
}

try {
  const code = await main(argv.slice(2));
  if (code !== undefined) process.exitCode = code;
} catch (error) {
  stderr.write(`Error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
