import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Exchange {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  bodyText?: string;
}

export interface Step {
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown; bodyText?: string };
  response: Exchange;
  /** Names of values to keep, by JSON pointer or `header:NAME`. */
  save?: Record<string, string>;
  ignore?: string[];
  unordered?: string[];
  view?: "text" | "metrics" | "shape" | "opaque";
}

export interface Scenario {
  name: string;
  role: "master" | "sidecar-local";
  state: string | null;
  env?: Record<string, string>;
  /** The server must stop by itself. */
  start?: { exit: number; lastLine?: string; mentions?: string[] };
  steps: Step[];
}

export const home = fileURLToPath(new URL("../fixtures/conformance", import.meta.url));

/** All recorded scenarios, in order of their names. */
export const scenarios = (): Scenario[] =>
  readdirSync(join(home, "scenarios"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(home, "scenarios", name), "utf8")) as Scenario);

export const statePath = (name: string): string => join(home, "states", name);
