import { milliseconds } from "./duration.ts";
import { parseBoolean } from "./evaluation/boolean-text.ts";

/** An environment; only `main.ts` has the real one. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface S3Config {
  bucket: string;
  endpoint: string | undefined;
  region: string;
  /** Stands before every key as it is: end it with `/`. */
  prefix: string;
  pollMs: number;
}

export type StorageConfig =
  | { type: "database"; readOnly: boolean }
  | { type: "local"; path: string; pollMs: number }
  | { type: "object"; s3: S3Config };

export interface AuthenticationConfig {
  /** Whether the APIs refuse who has no token. */
  required: boolean;
  /** Whether there are tokens at all; without them everybody is refused. */
  tokens: boolean;
  /** The first token of a new database; a random one when left out. */
  bootstrapToken: string | undefined;
}

export interface Config {
  /** Where the configuration file is that the real Flipt would read; undefined without one. Its content is not read here. */
  file: string | undefined;
  server: { host: string; httpPort: number; grpcPort: number };
  log: { level: LogLevel; encoding: "json" | "console" };
  storage: StorageConfig;
  databaseUrl: string;
  ui: boolean;
  /** Origins that a browser may call from; undefined when it may from its own only. */
  cors: readonly string[] | undefined;
  authentication: AuthenticationConfig;
  meta: { checkForUpdates: boolean; telemetryEnabled: boolean; stateDirectory: string };
}

export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR" | "PANIC" | "FATAL";

/** The words for a level, in any case; any other word is the preset, as in v1.61.1. */
const levels: Readonly<Record<string, LogLevel>> = {
  ...{ DEBUG: "DEBUG", INFO: "INFO", WARN: "WARN", WARNING: "WARN", ERROR: "ERROR" },
  ...{ DPANIC: "PANIC", PANIC: "PANIC", FATAL: "FATAL" },
};

/** Whether it is a word for a level. */
export const isLevel = (word: string): boolean => Object.hasOwn(levels, word.toUpperCase());

/** Where a user's own configuration lies. */
const configurationFolder = ({ XDG_CONFIG_HOME, HOME = "" }: Environment): string =>
  XDG_CONFIG_HOME || `${HOME}/.config`;

/**
 * Where the configuration file is: the one that `--config` names, or one of those that v1.61.1 looks for.
 *
 * @throws {Error} for a named one that is not there
 */
export function findConfiguration(
  named: string | undefined,
  environment: Environment,
  exists: (path: string) => boolean,
): string | undefined {
  if (named && !exists(named)) throw new Error(`loading configuration: open ${named}: no such file or directory`);
  const usual = [`${configurationFolder(environment)}/flipt/config.yml`, "/etc/flipt/config/default.yml"];
  return named || usual.find(exists);
}

/**
 * Reads the `FLIPT_*` variables that the emulator knows; others are ignored, as v1.61.1 does.
 *
 * @param file the configuration file that exists, if one does
 * @throws {Error} one line that names every variable it cannot use
 */
export function readConfig(environment: Environment, file?: string): Config {
  const read = createReader(environment);
  const config: Config = {
    file,
    server: {
      host: read.text("FLIPT_SERVER_HOST", "0.0.0.0"),
      httpPort: read.port("FLIPT_SERVER_HTTP_PORT", 8080),
      grpcPort: read.port("FLIPT_SERVER_GRPC_PORT", 9000),
    },
    log: {
      level: levels[read.text("FLIPT_LOG_LEVEL", "INFO").toUpperCase()] ?? "INFO",
      encoding: read.choice("FLIPT_LOG_ENCODING", ["json", "console"] as const, "console", "in any case"),
    },
    storage: readStorage(read),
    databaseUrl: read.text("FLIPT_DB_URL", "file:/var/opt/flipt/flipt.db"),
    ui: read.flag("FLIPT_UI_ENABLED", true),
    cors: read.flag("FLIPT_CORS_ENABLED", false) ? read.words("FLIPT_CORS_ALLOWED_ORIGINS", ["*"]) : undefined,
    authentication: {
      required: read.flag("FLIPT_AUTHENTICATION_REQUIRED", false),
      tokens: read.flag("FLIPT_AUTHENTICATION_METHODS_TOKEN_ENABLED", false),
      bootstrapToken: read.text("FLIPT_AUTHENTICATION_METHODS_TOKEN_BOOTSTRAP_TOKEN", "") || undefined,
    },
    meta: {
      checkForUpdates: read.flag("FLIPT_META_CHECK_FOR_UPDATES", true),
      telemetryEnabled: read.flag("FLIPT_META_TELEMETRY_ENABLED", true),
      stateDirectory: read.text("FLIPT_META_STATE_DIRECTORY", `${configurationFolder(environment)}/flipt`),
    },
  };
  if (environment.FLIPT_SERVER_PROTOCOL === "https") read.complain("FLIPT_SERVER_PROTOCOL: https is not emulated");
  if (read.complaints.length > 0) throw new Error(`invalid configuration: ${read.complaints.join("; ")}`);
  return config;
}

function readStorage(read: Reader): StorageConfig {
  const type = read.choice("FLIPT_STORAGE_TYPE", ["database", "local", "object"] as const, "database");
  const readOnly = read.flag("FLIPT_STORAGE_READ_ONLY", type !== "database");
  if (type === "database") return { type, readOnly };
  if (!readOnly) read.complain(`FLIPT_STORAGE_READ_ONLY: ${type} is always read-only`);
  if (type === "local") {
    const path = read.text("FLIPT_STORAGE_LOCAL_PATH", ".");
    return { type, path, pollMs: read.duration("FLIPT_EMULATOR_LOCAL_POLL_INTERVAL", 30_000) };
  }
  read.choice("FLIPT_STORAGE_OBJECT_TYPE", ["s3"] as const, undefined);
  const s3 = (name: string) => `FLIPT_STORAGE_OBJECT_S3_${name}`;
  const bucket = read.text(s3("BUCKET"), "");
  if (bucket === "") read.complain(`${s3("BUCKET")}: must name the bucket`);
  return {
    type,
    s3: {
      bucket,
      endpoint: read.text(s3("ENDPOINT"), "") || undefined,
      region: read.text(s3("REGION"), read.text("AWS_REGION", read.text("AWS_DEFAULT_REGION", "us-east-1"))),
      prefix: read.text(s3("PREFIX"), ""),
      pollMs: read.duration(s3("POLL_INTERVAL"), 60_000),
    },
  };
}

type Reader = ReturnType<typeof createReader>;

/** Readers of single variables that gather what is wrong instead of throwing at the first. */
function createReader(environment: Environment) {
  const complaints: string[] = [];
  const complain = (complaint: string): void => {
    complaints.push(complaint);
  };
  const text = (name: string, fallback: string): string => environment[name] || fallback;
  const parsed = <T>(name: string, fallback: T, expected: string, parse: (value: string) => T | undefined): T => {
    const value = text(name, "");
    if (value === "") return fallback;
    const result = parse(value);
    if (result !== undefined) return result;
    complain(`${name}: expected ${expected}, got ${JSON.stringify(value)}`);
    return fallback;
  };
  return {
    complaints,
    complain,
    text,
    words: (name: string, fallback: readonly string[]) => (environment[name] ?? "").match(/\S+/g) ?? fallback,
    flag: (name: string, fallback: boolean) => parsed(name, fallback, "true or false", parseBoolean),
    port: (name: string, fallback: number) =>
      parsed(name, fallback, "a port", (value) =>
        /^\d{1,5}$/.test(value) && Number(value) < 65536 ? Number(value) : undefined,
      ),
    duration: (name: string, fallback: number) => parsed(name, fallback, "a duration such as 30s", milliseconds),
    /** One of the choices; without a fallback it has to be given. */
    choice: <T extends string, F extends T | undefined>(
      name: string,
      choices: readonly T[],
      fallback: F,
      spelt: "as here" | "in any case" = "as here",
    ): T | F => {
      const expected = choices.join(" or ");
      if (text(name, "") === "" && fallback === undefined) complain(`${name}: expected ${expected}, got nothing`);
      return parsed<T | F>(name, fallback, expected, (value) =>
        choices.find((item) => item === (spelt === "as here" ? value : value.toLowerCase())),
      );
    },
  };
}
