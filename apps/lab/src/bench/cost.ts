import { demand, type Flag, flagPath, switchFlag } from "../flipt.ts";
import type { Lab } from "../lab.ts";
import { until } from "../until.ts";
import { publish } from "./publish.ts";
import type { Testbed } from "./testbed.ts";
import { cores, lookNow, type Usage } from "./usage.ts";

const namespace = "default";
const sidecar = "flipt-sidecar";
const flag = "dark-mode";
const attempts = 3;

/** What copying a state costs. */
export interface Cost {
  /** Of the published state. */
  bytes: number;
  flags: number;
  /** Of an export of a changed and of an unchanged state, in seconds, by the exporter's own clock. */
  export: { changed: number; unchanged: number };
  /** Requests to the master of each. */
  requests: { changed: number; unchanged: number };
  /** Processor time of the master for both exports and the change between them, in seconds. */
  masterCpu: number;
  /** Processor time of the sidecar while nothing changes and nobody asks, in seconds an hour. */
  idleCpuPerHour: number;
  /** Processor time of the sidecar for one new state, in seconds, without what it takes when idle. */
  loadCpu: number;
}

type Look = Map<string, Usage>;

/** What a part has gone through between two looks, of processor time or of time; not a number where that is not measured. */
const between = (before: Look, after: Look, part: string, of: "cpu" | "at"): number =>
  Math.max(0, (after.get(part)?.[of] ?? Number.NaN) - (before.get(part)?.[of] ?? Number.NaN));

const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);

/** Lets some polls pass, at least the seconds that are wanted. */
async function pass(seconds: number, signal: AbortSignal): Promise<void> {
  const end = Date.now() + seconds * 1000;
  await until("the end of the idle time", { seconds: seconds + 1, everyMs: 50, signal }, async () =>
    Date.now() >= end ? { value: true } : { seen: "it goes on" },
  );
}

/** Waits until the sidecar answers a switch. It is asked seldom and for little: what that takes counts as its cost. */
async function arrive({ addresses, intervals }: Lab, wanted: boolean, signal: AbortSignal): Promise<void> {
  const body = { namespaceKey: namespace, flagKey: flag, entityId: "bench", context: {} };
  const seconds = 4 * intervals.poll + 30;
  await until<void>(`the answer ${wanted} of flipt-sidecar`, { seconds, everyMs: 500, signal }, async () => {
    const { enabled } = await demand<{ enabled: boolean }>(addresses.sidecar, "/evaluate/v1/boolean", {
      method: "POST",
      body,
    });
    return enabled === wanted ? { value: undefined } : { seen: String(enabled) };
  });
}

/** Switches a flag and publishes that; what the exporter says of it. Once more, where the schedule came first. */
async function publishChange(lab: Lab, signal: AbortSignal): Promise<Record<string, unknown>> {
  const { master } = lab.addresses;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { enabled } = await demand<Flag>(master, flagPath(namespace, flag));
    await switchFlag(master, namespace, flag, !enabled);
    const { exit, line, log } = await lab.export();
    if (exit !== 0) throw new Error(`the export failed with exit code ${exit}: ${line}`);
    await arrive(lab, !enabled, signal);
    if (log.outcome === "published") return log;
  }
  throw new Error(`${attempts} exports in a row came after one of the schedule; take a longer --every`);
}

/**
 * Measures the state that is in the master now. One flag is switched.
 *
 * @param idleSeconds how long nothing is done, at least two polls
 */
export async function measureCost(ground: Testbed, idleSeconds: number, signal: AbortSignal): Promise<Cost> {
  const { lab } = ground;
  await publish(lab, signal);

  const before = await lookNow(ground, signal);
  await pass(Math.max(idleSeconds, 2 * lab.intervals.poll), signal);
  const idle = await lookNow(ground, signal);
  const idleCores = cores(before.get(sidecar), idle.get(sidecar)) ?? Number.NaN;

  const changed = await publishChange(lab, signal);
  const { log: unchanged } = await lab.export();
  const after = await lookNow(ground, signal);

  const [cpu, milliseconds] = [between(idle, after, sidecar, "cpu"), between(idle, after, sidecar, "at")];
  return {
    bytes: number(changed.bytes),
    flags: number(changed.flags),
    export: { changed: number(changed.durationMs) / 1000, unchanged: number(unchanged.durationMs) / 1000 },
    requests: { changed: number(changed.requests), unchanged: number(unchanged.requests) },
    masterCpu: between(idle, after, "flipt-master", "cpu"),
    idleCpuPerHour: idleCores * 3600,
    loadCpu: Math.max(0, cpu - (idleCores * milliseconds) / 1000),
  };
}
