import { readFileSync } from "node:fs";

/** What the load generator asks: the same request again and again, on a number of connections. */
export interface Target {
  id: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  /** A text that each good answer holds. */
  expect: string;
  connections: number;
}

export interface Plan {
  runs: number;
  /** Seconds of each measurement, and before it of the same load that is not measured. */
  seconds: number;
  warmSeconds: number;
  targets: Target[];
}

/** The percentiles of the time from a request's first byte sent to its answer's last one received, in microseconds. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** One measurement of one target. */
export interface Sample {
  id: string;
  run: number;
  count: number;
  failed: number;
  /** What was wrong with the first that failed. */
  fault?: string;
  /** The size of an answer's body. */
  bytes: number;
  /** Answers a second. */
  rate: number;
  latency: Latency;
}

/** Which programs a measurement starts beside the servers. They need nothing but Node, so that they run in any container of it. */
export type Program = "generator" | "empty";

const files = { generator: new URL("generator.mjs", import.meta.url), empty: new URL("empty.mjs", import.meta.url) };

export const readProgram = (name: Program): string => readFileSync(files[name], "utf8");

export const generator =
  "bench/generator.mjs of this project: node:net, HTTP/1.1 keep-alive, one request at a time on each connection, awake all the time";

/** The longest that a plan may take, in seconds. */
export const patience = ({ runs, seconds, warmSeconds, targets }: Plan): number =>
  runs * targets.length * (seconds + warmSeconds + 10) + 30;

/**
 * What the load generator has printed.
 *
 * @throws {Error} when a measurement is missing, or has no answer at all
 */
export function readSamples(text: string, { runs, targets }: Plan): Sample[] {
  const samples = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Sample);
  if (samples.length !== runs * targets.length)
    throw new Error(
      `the load generator ended after ${samples.length} of ${runs * targets.length} measurements: ${text.trim().split("\n").at(-1)}`,
    );
  const silent = samples.find(({ count }) => count === 0);
  if (silent) throw new Error(`the load generator had no good answer for ${silent.id}: ${silent.fault}`);
  return samples;
}
