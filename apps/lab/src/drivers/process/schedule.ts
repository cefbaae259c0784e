/** Starts something at each full interval of the clock, as a CronJob with `concurrencyPolicy: Forbid` does. */
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

  /** Milliseconds since 1970 of the next start. */
  get next(): number {
    return this.nextMs;
  }

  start(): void {
    const now = Date.now();
    this.nextMs = nextTick(now, this.everyMs);
    this.timer = setTimeout(() => {
      this.start();
      // A run that takes longer than the interval is not overtaken: that tick passes unused.
      this.busy ??= this.run().finally(() => {
        this.busy = undefined;
      });
    }, this.nextMs - now);
  }

  /** Ends the schedule and waits for the run that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.busy;
  }
}

/** The next multiple of the interval after a moment, both in milliseconds. */
export const nextTick = (now: number, everyMs: number): number => (Math.floor(now / everyMs) + 1) * everyMs;
