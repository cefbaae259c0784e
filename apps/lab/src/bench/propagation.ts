import { demand, flagPath, switchFlag } from "../flipt.ts";
import type { ExportRun, Lab } from "../lab.ts";
import { type Seen, until } from "../until.ts";
import { publish } from "./publish.ts";

const namespace = "default";
const key = (index: number): string => `bench-${index + 1}`;

/** One change on its way; all times in milliseconds since 1970. */
interface Journey {
  /** When it is to be made. */
  due: number;
  /** When the master has acknowledged it. */
  changed?: number;
  /** When the sidecar has first answered by it. */
  answered?: number;
  run?: ExportRun;
}

/** The parts of one change's delay, in seconds. */
export interface Delay {
  /** From the master's answer to the start of the export that carries the change. */
  schedule: number;
  /** From there to the publication. */
  export: number;
  /** From there to the sidecar's first answer. */
  poll: number;
  total: number;
}

export interface Propagation {
  /** Seconds between two exports, and between two polls. */
  intervals: { export: number; poll: number };
  /** The longest that a change may wait, the export itself aside: the sum of the two. */
  boundSeconds: number;
  delays: Delay[];
}

/** When a run has begun to read the master, and when it has published; from its own log, which counts milliseconds. */
function spanOf({ started, ended, log }: ExportRun): { from: number; to: number } {
  const to = typeof log.time === "string" ? Date.parse(log.time) : Number.NaN;
  const { durationMs } = log;
  return Number.isFinite(to) && typeof durationMs === "number"
    ? { from: to - durationMs, to }
    : { from: started, to: ended };
}

/**
 * The run that has carried a change: the first publication that was begun after it, or the last one that was under way; pure.
 *
 * @param answered when the sidecar had it: what was begun later has not brought it
 */
export function findRun(runs: ExportRun[], changed: number, answered: number): ExportRun | undefined {
  const able = runs.filter((run) => {
    const { from, to } = spanOf(run);
    return run.log.outcome === "published" && to >= changed && from <= answered;
  });
  return able.find((run) => spanOf(run).from >= changed) ?? able.at(-1);
}

/** The parts of a delay, which make up the whole; pure. */
export function split(changed: number, run: ExportRun, answered: number): Delay {
  const { from, to } = spanOf(run);
  const begun = Math.max(changed, from);
  // A run reads back what it has published before it ends: a quick sidecar is there first.
  const done = Math.min(to, answered);
  const seconds = (ms: number): number => Math.round(ms) / 1000;
  return {
    schedule: seconds(begun - changed),
    export: seconds(done - begun),
    poll: seconds(answered - done),
    total: seconds(answered - changed),
  };
}

/** Which of the flags the sidecar answers to be on. */
async function readSwitches(sidecar: string, indices: number[]): Promise<boolean[]> {
  const requests = indices.map((index) => ({
    namespaceKey: namespace,
    flagKey: key(index),
    entityId: "bench",
    context: {},
  }));
  const { responses } = await demand<{ responses: { booleanResponse?: { enabled: boolean } }[] }>(
    sidecar,
    "/evaluate/v1/batch",
    { method: "POST", body: { requests } },
  );
  return responses.map(({ booleanResponse }) => booleanResponse?.enabled === true);
}

/** Makes the changes that are due. */
async function makeDue(lab: Lab, journeys: Journey[]): Promise<void> {
  for (const [index, journey] of journeys.entries()) {
    if (journey.changed !== undefined || journey.due > Date.now()) continue;
    await switchFlag(lab.addresses.master, namespace, key(index), true);
    journey.changed = Date.now();
  }
}

/** Notes what the sidecar answers already. */
async function noteAnswers(lab: Lab, journeys: Journey[]): Promise<void> {
  const waiting = [...journeys.entries()].filter(([, { changed, answered }]) => changed && !answered);
  if (waiting.length === 0) return;
  const indices = waiting.map(([index]) => index);
  const on = await readSwitches(lab.addresses.sidecar, indices);
  const now = Date.now();
  for (const [position, [, journey]] of waiting.entries()) if (on[position]) journey.answered = now;
}

/** Notes which runs have carried what has arrived: soon, since a ring may remember a few runs only. */
async function noteRuns(lab: Lab, journeys: Journey[]): Promise<void> {
  const arrived = journeys.filter(({ answered, run }) => answered && !run);
  if (arrived.length === 0) return;
  const runs = await lab.exports();
  for (const journey of arrived) journey.run = findRun(runs, journey.changed ?? 0, journey.answered ?? 0);
}

/** One look at all changes. */
async function advance(lab: Lab, journeys: Journey[]): Promise<Seen<Delay[]>> {
  await makeDue(lab, journeys);
  await noteAnswers(lab, journeys);
  await noteRuns(lab, journeys);
  const delays = journeys.flatMap(({ changed, run, answered }) =>
    changed && run && answered ? [split(changed, run, answered)] : [],
  );
  const arrived = journeys.filter(({ answered }) => answered).length;
  return delays.length === journeys.length
    ? { value: delays }
    : { seen: `${arrived} of ${journeys.length} changes are there, the exports of ${delays.length} are known` };
}

/** Makes the flags that will be switched on, and brings them to the sidecar. */
async function prepare(lab: Lab, count: number, signal: AbortSignal): Promise<void> {
  const { master } = lab.addresses;
  for (let index = 0; index < count; index += 1) {
    const body = { key: key(index), name: key(index), type: "BOOLEAN_FLAG_TYPE", enabled: false };
    await demand(master, flagPath(namespace), { method: "POST", body });
  }
  await publish(lab, signal);
}

/**
 * Switches flags on, each at a random moment of two intervals of the exporter, and follows each to the sidecar.
 *
 * @param random gives a number from 0 up to 1
 * @throws {Error} when one does not arrive, or no run can have carried it
 */
export async function measurePropagation(
  lab: Lab,
  count: number,
  signal: AbortSignal,
  random: () => number = Math.random,
): Promise<Propagation> {
  await prepare(lab, count, signal);
  const { intervals } = lab;
  const spanMs = 2000 * intervals.export;
  const begun = Date.now();
  const journeys: Journey[] = Array.from({ length: count }, () => ({ due: begun + random() * spanMs }));
  const patience = 4 * intervals.export + 3 * intervals.poll + 120;
  const delays = await until<Delay[]>("all changes", { seconds: patience, everyMs: 10, signal }, () =>
    advance(lab, journeys),
  );
  return { intervals, boundSeconds: intervals.export + intervals.poll, delays };
}
