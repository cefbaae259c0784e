import { readSchedule, type Schedule } from "./schedule.ts";

/** What the program is told by its environment. */
export interface Config {
  /** TCP port; 0 takes a free one. */
  port: number;
  host: string;
  /** Base address of the Flipt beside the application, without a slash at the end. */
  sidecarUrl: string;
  /** Base address of the master, for comparison only. */
  masterUrl?: string;
  /** Namespace that the page shows first. */
  namespace: string;
  /** The flag that `/ready` asks for; any flag when left out. */
  readyFlag?: { namespaceKey: string; flagKey: string };
  /** Milliseconds until a question to Flipt is given up. */
  timeoutMs: number;
  /** When the exporter runs, as far as this program is told: it does not see it run. */
  exportSchedule: Schedule;
}

type Environment = Record<string, string | undefined>;

/** What Flipt accepts as key of a namespace or flag; anything else could leave its place in a path. */
export const keyPattern = /^[-_,A-Za-z0-9]+$/;

/**
 * Reads the whole configuration from the environment.
 *
 * @throws {Error} one line with every complaint
 */
export function config(env: Environment): Config {
  const complaints: string[] = [];
  const read = <T>(name: string, fallback: string, parse: (text: string) => T | undefined, wanted: string): T => {
    const text = env[name] || fallback;
    const value = parse(text);
    if (value === undefined) complaints.push(`${name}="${text}" is not ${wanted}`);
    return value as T;
  };
  const url = "an http or https address such as http://localhost:8080";
  const result: Config = {
    port: read("PORT", "8000", port, "a port from 0 to 65535"),
    host: env.HOST || "127.0.0.1",
    sidecarUrl: read("FLIPT_SIDECAR_URL", "http://localhost:8080", address, url),
    namespace: read("FLIPT_NAMESPACE", "default", key, "a namespace key (letters, digits, - _ ,)"),
    timeoutMs: read("REQUEST_TIMEOUT", "2s", duration, "a time from 10ms to 60s such as 500ms or 2s"),
    exportSchedule: read("EXPORT_SCHEDULE", "*/1 * * * *", readSchedule, "a schedule such as */1 * * * * or 60s"),
  };
  if (env.FLIPT_MASTER_URL) result.masterUrl = read("FLIPT_MASTER_URL", "", address, url);
  if (env.FLIPT_READY_FLAG) result.readyFlag = read("FLIPT_READY_FLAG", "", flag, "namespace/flag");
  if (complaints.length > 0) throw new Error(`bad environment: ${complaints.join("; ")}`);
  return result;
}

function port(text: string): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value <= 65535 ? value : undefined;
}

function address(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, search, hash } = new URL(text);
  if (!/^https?:$/.test(protocol) || search || hash) return undefined;
  return text.replace(/\/+$/, "");
}

function key(text: string): string | undefined {
  return keyPattern.test(text) ? text : undefined;
}

function flag(text: string): Config["readyFlag"] | undefined {
  const [namespaceKey = "", flagKey = "", ...rest] = text.split("/");
  return keyPattern.test(namespaceKey) && keyPattern.test(flagKey) && rest.length === 0
    ? { namespaceKey, flagKey }
    : undefined;
}

function duration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  const value = Number(amount) * (unit === "s" ? 1000 : 1);
  return value >= 10 && value <= 60_000 ? value : undefined;
}
