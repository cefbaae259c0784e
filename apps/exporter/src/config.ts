import { fileURLToPath } from "node:url";
import { misconfigured } from "./stop.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface S3Target {
  kind: "s3";
  url: string;
  bucket: string;
  key: string;
  /** Where the store listens; Amazon's own address when left out. */
  endpoint?: string;
  region?: string;
  /** The SDK's own chain when left out. */
  credentials?: Credentials;
}

export interface FileTarget {
  kind: "file";
  url: string;
  path: string;
}

export interface Config {
  flipt: { url: URL; token?: string; namespaces?: string[] };
  sink: S3Target | FileTarget;
  timeoutMs: number;
  /** The part of a namespace's flags that may vanish in one run, 0 to 1. */
  maxShrink: number;
  /** How many times as long a publication may become in one run. */
  maxGrowth: number;
  /** The longest publication, in bytes. */
  maxBytes: number;
  allowEmpty: boolean;
  allowShrink: boolean;
  allowGrowth: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Complain = (text: string) => void;

const milliseconds = { ms: 1, s: 1000, m: 60_000 };

/**
 * The whole configuration, read once and before any work. An empty variable counts as unset.
 *
 * @throws {Stop} exit 2, all complaints in one line; values that may be secret are not in it
 */
export function config(env: Environment): Config {
  const complaints: string[] = [];
  const complain: Complain = (text) => complaints.push(text);
  const missing = ["FLIPT_URL", "SINK_URL"].filter((name) => !env[name]);
  if (missing.length > 0) complain(`missing environment: ${missing.join(", ")}`);
  const flipt = env.FLIPT_URL ? master(env.FLIPT_URL, complain) : undefined;
  const sink = env.SINK_URL ? target(env.SINK_URL, env, complain) : undefined;
  const rest = {
    timeoutMs: duration("EXPORT_TIMEOUT", env.EXPORT_TIMEOUT || "50s", complain),
    maxShrink: share("EXPORT_MAX_SHRINK", env.EXPORT_MAX_SHRINK || "0.5", complain),
    maxGrowth: factor("EXPORT_MAX_GROWTH", env.EXPORT_MAX_GROWTH || "10", complain),
    maxBytes: env.EXPORT_MAX_BYTES
      ? size("EXPORT_MAX_BYTES", env.EXPORT_MAX_BYTES, complain)
      : Number.POSITIVE_INFINITY,
    allowEmpty: answer("EXPORT_ALLOW_EMPTY", env.EXPORT_ALLOW_EMPTY || "false", complain),
    allowShrink: answer("EXPORT_ALLOW_SHRINK", env.EXPORT_ALLOW_SHRINK || "false", complain),
    allowGrowth: answer("EXPORT_ALLOW_GROWTH", env.EXPORT_ALLOW_GROWTH || "false", complain),
  };
  const namespaces = env.FLIPT_NAMESPACES ? list(env.FLIPT_NAMESPACES, complain) : undefined;
  const token = env.FLIPT_TOKEN || undefined;
  if (token && !/^[\x21-\x7e]+$/.test(token)) complain("bad FLIPT_TOKEN: expected printable ASCII without spaces");
  if (complaints.length > 0 || !flipt || !sink) throw misconfigured(complaints.join("; "));
  return { flipt: { url: flipt, token, namespaces }, sink, ...rest };
}

function master(text: string, complain: Complain): URL | undefined {
  const url = parsed("FLIPT_URL", text, complain);
  if (!url) return undefined;
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  complain(`unknown scheme "${url.protocol}" in FLIPT_URL: expected "http:" or "https:"`);
  return undefined;
}

function target(text: string, env: Environment, complain: Complain): Config["sink"] | undefined {
  const url = parsed("SINK_URL", text, complain);
  const sink = url && place(url, text, env, complain);
  if (!sink || /features\.ya?ml$/.test(sink.kind === "s3" ? sink.key : sink.path)) return sink;
  complain(`bad SINK_URL "${text}": a sidecar loads only names that end in "features.yml" or "features.yaml"`);
  return undefined;
}

function place(url: URL, text: string, env: Environment, complain: Complain): Config["sink"] | undefined {
  if (url.protocol === "s3:") return bucket(url, text, env, complain);
  if (url.protocol === "file:") return file(url, text, complain);
  complain(`unknown scheme "${url.protocol}" in SINK_URL: expected "s3:" or "file:"`);
  return undefined;
}

function bucket(url: URL, text: string, env: Environment, complain: Complain): S3Target | undefined {
  const key = decodeURIComponent(url.pathname.slice(1));
  if (!url.hostname || !key || key.endsWith("/")) {
    complain(`bad SINK_URL "${text}": expected "s3://BUCKET/KEY"`);
    return undefined;
  }
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
  if (endpoint && !parsed("AWS_ENDPOINT_URL_S3", endpoint, complain)) return undefined;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined;
  return { kind: "s3", url: text, bucket: url.hostname, key, endpoint, region, credentials: keys(env) };
}

function keys(env: Environment): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
  };
}

function file(url: URL, text: string, complain: Complain): FileTarget | undefined {
  if (!url.host && !url.pathname.endsWith("/")) return { kind: "file", url: text, path: fileURLToPath(url) };
  complain(`bad SINK_URL "${text}": expected "file:///FOLDER/features.yml"`);
  return undefined;
}

function parsed(name: string, text: string, complain: Complain): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) complain(`bad ${name}: not a URL`);
  else if (url.username || url.password) complain(`bad ${name}: a user or password does not belong into it`);
  else return url;
  return undefined;
}

function duration(name: string, text: string, complain: Complain): number {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(text);
  const value = match ? Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds] : 0;
  // setTimeout fires at once beyond 2^31 - 1 ms
  if (value < 1 || value > 24 * 3_600_000)
    complain(`bad ${name} "${text}": expected "500ms" to "1440m", for example "50s"`);
  return value;
}

function factor(name: string, text: string, complain: Complain): number {
  const value = number(text);
  if (!(value >= 1)) complain(`bad ${name} "${text}": expected a number from 1, for example "10"`);
  return value;
}

const units = { "": 1, Ki: 1024, Mi: 1024 ** 2 };

function size(name: string, text: string, complain: Complain): number {
  const match = /^(\d{1,12})(|Ki|Mi)$/.exec(text);
  const value = match ? Number(match[1]) * units[match[2] as keyof typeof units] : 0;
  if (value < 1) complain(`bad ${name} "${text}": expected a number of bytes, for example "1048576" or "1Mi"`);
  return value;
}

const number = (text: string): number => (/^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN);

function share(name: string, text: string, complain: Complain): number {
  const value = number(text);
  if (!(value >= 0 && value <= 1)) complain(`bad ${name} "${text}": expected a number from 0 to 1`);
  return value;
}

function answer(name: string, text: string, complain: Complain): boolean {
  if (!["true", "false", "1", "0"].includes(text)) complain(`bad ${name} "${text}": expected "true" or "false"`);
  return text === "true" || text === "1";
}

function list(text: string, complain: Complain): string[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))].sort();
  if (names.includes("")) complain(`bad FLIPT_NAMESPACES "${text}": expected names separated by commas`);
  return names;
}
