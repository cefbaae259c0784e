import type { Answer } from "./answer.ts";
import type { Backend } from "./backend.ts";
import { type Backends, pick } from "./evaluation.ts";
import type { Failure } from "./failure.ts";
import { boundsMs, Histogram } from "./histogram.ts";
import type { Order } from "./order.ts";
import { type BackendName, namesOf, type Question } from "./question.ts";

/** How many entities take turns: their names are those of the question with a number. */
const entities = 1000;

/** What the load has measured of one backend. */
interface Measured {
  answered: number;
  /** Questions without an answer; their time is in no bucket. */
  failed: number;
  lastError?: Failure;
  /** Turns that passed unused, since the question before had no answer yet. */
  skipped: number;
  p50Ms: number | null;
  p99Ms: number | null;
  maxMs: number;
  buckets: number[];
}

export interface LoadState {
  on: boolean;
  /** Seconds until it stops by itself. */
  secondsLeft: number;
  perSecond?: number;
  question?: Question;
  boundsMs: readonly number[];
  backends: Partial<Record<BackendName, Measured>>;
}

/** A bounded load in the background, off until it is asked for. */
export interface Load {
  /** Starts it, or lets the running one go on for the whole time again; another question or rate measures anew. */
  start(order: Order): LoadState;
  stop(): LoadState;
  state(): LoadState;
}

interface Lane extends Pick<Measured, "failed" | "skipped" | "lastError"> {
  backend: Backend;
  histogram: Histogram;
  busy: boolean;
  asked: number;
}

/**
 * A load that asks its backends in turn, each at most once at a time: a backend that hangs delays neither the other one nor
 * whoever else asks, and what it costs does not depend on how slow anybody is.
 *
 * @param tell is told each answer
 * @param lastsMs after this time it stops by itself
 */
export function load(backends: Backends, tell: (name: BackendName, answer: Answer) => void, lastsMs = 180_000): Load {
  let lanes: Lane[] = [];
  let current: Order | undefined;
  let timer: NodeJS.Timeout | undefined;
  let endsAt = 0;

  const ask = async (lane: Lane, { question: asked }: Order): Promise<void> => {
    lane.busy = true;
    const entityId = `${asked.entityId}-${lane.asked % entities}`;
    lane.asked += 1;
    const answer = await lane.backend.evaluate({ ...asked, entityId });
    lane.busy = false;
    tell(lane.backend.name, answer);
    if ("error" in answer) {
      lane.failed += 1;
      lane.lastError = answer.error;
    } else lane.histogram.add(answer.latencyMs);
  };

  const stop = (): LoadState => {
    clearInterval(timer);
    timer = undefined;
    return state();
  };

  const begin = (next: Order): void => {
    clearInterval(timer);
    current = next;
    let turn = 0;
    timer = setInterval(
      () => {
        if (Date.now() >= endsAt) return void stop();
        const lane = lanes[turn % lanes.length];
        turn += 1;
        if (lane?.busy) lane.skipped += 1;
        else if (lane) void ask(lane, next);
      },
      1000 / (next.perSecond * lanes.length),
    );
  };

  const start = (next: Order): LoadState => {
    const asked = namesOf(next.question).map((name) => pick(backends, name));
    const same = JSON.stringify(next) === JSON.stringify(current);
    endsAt = Date.now() + lastsMs;
    if (!same) lanes = asked.map(lane);
    if (!same || timer === undefined) begin(next);
    return state();
  };

  const state = (): LoadState => ({
    on: timer !== undefined,
    secondsLeft: timer === undefined ? 0 : Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)),
    ...current,
    boundsMs,
    backends: Object.fromEntries(lanes.map((lane) => [lane.backend.name, measured(lane)])),
  });

  return { start, stop, state };
}

const lane = (backend: Backend): Lane => ({
  backend,
  histogram: new Histogram(),
  busy: false,
  asked: 0,
  failed: 0,
  skipped: 0,
});

function measured({ histogram, failed, skipped, lastError }: Lane): Measured {
  return {
    answered: histogram.count,
    failed,
    ...(lastError ? { lastError } : {}),
    skipped,
    p50Ms: rounded(histogram.quantileMs(0.5)),
    p99Ms: rounded(histogram.quantileMs(0.99)),
    maxMs: histogram.maxMs,
    buckets: [...histogram.buckets],
  };
}

const rounded = (ms: number | null): number | null => (ms === null ? null : Number(ms.toPrecision(3)));
