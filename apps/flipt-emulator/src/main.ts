import { existsSync } from "node:fs";
import { readServerArguments, runCommand, unread } from "./commands/run.ts";
import { type Config, findConfiguration, isLevel, readConfig } from "./config.ts";
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

const signals = ["SIGTERM", "SIGINT"] as const;

async function startServer(named: string | undefined): Promise<void> {
  // The first process of a container does not die of a signal that it does not handle, also not while it starts.
  const early = (): never => process.exit(0);
  for (const signal of signals) process.on(signal, early);
  const config = readConfig(env, findConfiguration(named, env, existsSync));
  const { serve } = await import("./commands/serve.ts");
  const log = createLog(config.log, (line) => stdout.write(line));
  stderr.write(`${disclaimer}\n`);
  // not a line of the log, which is another stream, so that the reason of a refused start stays the last line
  if (config.file !== undefined) stderr.write(unread(config.file));
  const { FLIPT_LOG_LEVEL: level } = env;
  if (level && !isLevel(level))
    log("WARN", "parsing log level, defaulting to INFO", { level, error: `unrecognized level: "${level}"` });
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

try {
  const server = readServerArguments(argv.slice(2));
  const surroundings = {
    env,
    directory: process.cwd(),
    exists: existsSync,
    platform,
    stdin: process.stdin,
    stdout,
    stderr,
  };
  if (server) await startServer(server.config);
  else process.exitCode = await runCommand(argv.slice(2), surroundings);
} catch (error) {
  stderr.write(`Error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
