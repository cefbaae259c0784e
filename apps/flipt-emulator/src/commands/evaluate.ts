import { randomUUID } from "node:crypto";
import { milliseconds } from "../duration.ts";
import { trim } from "../evaluation/trim.ts";
import type { Flag } from "../model.ts";
import { type Caller, namespacePath, openCaller } from "../remote/caller.ts";
import { readArguments } from "./arguments.ts";

const options = {
  namespace: { type: "string", short: "n", default: "default" },
  "entity-id": { type: "string", short: "e" },
  "request-id": { type: "string", short: "r" },
  context: { type: "string", short: "c", multiple: true },
  address: { type: "string", short: "a", default: "http://localhost:8080" },
  token: { type: "string", short: "t" },
  watch: { type: "boolean", short: "w" },
  interval: { type: "string", short: "i", default: "1s" },
} as const;

/**
 * `evaluate FLAG`: asks a running instance and prints its answer as a line of JSON, with `--watch` again and again.
 *
 * @throws {Error} one line
 */
export async function runEvaluate(args: string[], stdout: { write(text: string): unknown }): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const flagKey = trim(positionals[0] ?? "");
  if (positionals.length !== 1) throw new Error(`accepts 1 arg(s), received ${positionals.length}`);
  const interval = milliseconds(values.interval);
  if (interval === undefined)
    throw new Error(`invalid argument ${JSON.stringify(values.interval)} for "-i, --interval" flag`);
  const call = openCaller(values.address, values.token);
  const entityId = values["entity-id"] ?? randomUUID();
  const requestId = values["request-id"] ?? "";
  const request = { namespaceKey: values.namespace, flagKey, entityId, requestId };
  do {
    stdout.write(`${JSON.stringify(await evaluate(call, request, values.context ?? []))}\n`);
    if (values.watch) await pause(interval);
  } while (values.watch);
  return 0;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @throws {Error} for a pair without `=`; the value may hold more of them */
function readPair(pair: string): [string, string] {
  const mark = pair.indexOf("=");
  if (mark < 0) throw new Error(`invalid context pair: ${pair}`);
  return [pair.slice(0, mark), pair.slice(mark + 1)];
}

async function evaluate(
  call: Caller,
  request: { namespaceKey: string; flagKey: string },
  pairs: string[],
): Promise<object> {
  const path = namespacePath(request.namespaceKey, "flags", request.flagKey);
  const flag = (await call("GET", `${path}?reference=`)) as Flag;
  // after the flag, whose absence is told first
  const context = Object.fromEntries(pairs.map(readPair));
  const kind = flag.type === "BOOLEAN_FLAG_TYPE" ? "boolean" : "variant";
  return line((await call("POST", `/evaluate/v1/${kind}`, { ...request, context })) as Record<string, unknown>);
}

const always = new Set(["enabled", "match"]);
const order = ["flagKey", "match", "enabled", "reason", "variantKey", "variantAttachment", "segmentKeys"].concat([
  "requestId",
  "requestDurationMillis",
  "timestamp",
]);

/** In snake case, without what is empty; a boolean's segments are not shown (recorded). */
function line(answer: Record<string, unknown>): object {
  const shown = order.filter((name) => always.has(name) || isFilled(answer[name]));
  const kept = "enabled" in answer ? shown.filter((name) => name !== "segmentKeys") : shown;
  return Object.fromEntries(kept.map((name) => [snakeCase(name), answer[name]]));
}

const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "" && value !== 0;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
