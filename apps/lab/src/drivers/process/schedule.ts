/** Runs a function at each multiple of an interval, like a CronJob with `concurrencyPolicy: Forbid`. */
export class Schedule {
  private readonly everyMs: number;
  private readonly run: () => Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private busy: Promise<void> | undefined;
  private nextMs = 0;

  constructor(everySeconds: number, run: () => Promise<void>) {
    this.everyMs = everySeconds * 1000;
    this.run = run;
  }

  /** The next start, in milliseconds since 1970. */
  get next(): number {
    return this.nextMs;
  }

  start(): void {
    const now = Date.now();
    this.nextMs = nextTick(now, this.everyMs);
    this.timer = setTimeout(() => {
      this.start();
      // `Forbid`: a tick is skipped while the previous run is active.
      this.busy ??= this.run().finally(() => {
        this.busy = undefined;
      });
    }, this.nextMs - now);
  }

  /** Stops the schedule and waits for the active run. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.busy;
  }
}

/** Returns the next multiple of the interval after `now`, both in milliseconds. */
export const nextTick = (now: number, everyMs: number): number => (Math.floor(now / everyMs) + 1) * everyMs;
