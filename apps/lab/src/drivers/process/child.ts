import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Fault, oneLine } from "../../fault.ts";
import type { Part } from "../../lab.ts";
import { until } from "../../until.ts";
import { type Sighting, sight } from "./identity.ts";
import { killGroup, type StateFolder } from "./state-folder.ts";

/** How to start a part. */
export interface Program {
  part: Part;
  command: string[];
  env: Record<string, string>;
  /** The URL that answers with status 200 once the part is healthy. */
  health: string;
  /** A text that only this part's answer contains, since another program may have taken the port in the meantime. */
  mark?: string;
}

const startSeconds = 60;
const stopMs = 5000;
const shortestPauseMs = 1000;
const longestPauseMs = 30_000;

/** Supervises one long-lived process of the lab. It restarts a process that exits by itself, as a kubelet does. */
export class Child {
  private readonly program: Program;
  private readonly home: StateFolder;
  private readonly seen: (part: Part, child: Sighting | undefined, news?: string) => void;
  private process: ChildProcess | undefined;
  private ended: Promise<string> = Promise.resolve("");
  private wanted = false;
  private spawnedAt = 0;
  private pauseMs = shortestPauseMs;

  /** @param seen receives each started or ended process, with a line of news when it exited by itself */
  constructor(
    program: Program,
    home: StateFolder,
    seen: (part: Part, child: Sighting | undefined, news?: string) => void,
  ) {
    this.program = program;
    this.home = home;
    this.seen = seen;
  }

  /**
   * Starts the part and waits until it is healthy.
   *
   * @throws {Fault} when it exits, or is not healthy in time
   */
  async start(signal?: AbortSignal): Promise<void> {
    const { part, health, mark = "" } = this.program;
    if (this.wanted) return;
    this.wanted = true;
    this.spawn();
    const early: { end?: string } = {};
    this.ended.then((end) => {
      early.end = end;
    });
    try {
      await until(part, { seconds: startSeconds, everyMs: 50, signal }, async () => {
        if (early.end !== undefined) throw new Error(`${part} ${early.end}`);
        const answer = await fetch(health, { signal: AbortSignal.timeout(1000) }).catch((error: Error) => error);
        if (!(answer instanceof Response && answer.ok)) return { seen: `no answer at ${health}` };
        return (await answer.text()).includes(mark)
          ? { value: true }
          : { seen: `another program answers at ${health}` };
      });
    } catch (error) {
      await this.stop();
      signal?.throwIfAborted();
      throw new Fault(2, oneLine(error), {
        part,
        log: await this.home.readLog(part),
      });
    }
    this.watch();
  }

  /** Stops the part with SIGTERM, and after five seconds with SIGKILL. */
  async stop(): Promise<void> {
    this.wanted = false;
    const pid = this.process?.pid;
    if (pid === undefined) return;
    killGroup(pid, "SIGTERM");
    const force = setTimeout(() => killGroup(pid, "SIGKILL"), stopMs);
    await this.ended;
    clearTimeout(force);
  }

  private spawn(): void {
    const { part, command, env } = this.program;
    const [file = "", ...args] = command;
    const log = openSync(this.home.log(part), "a");
    writeSync(log, `--- ${new Date().toISOString()} ${part} starts\n`);
    const { PATH = "", HOME = "", TMPDIR, FLIPT_LAB_BUNDLES } = process.env;
    // In its own process group: Ctrl-C in the terminal then reaches only the lab, which stops its parts in order.
    const child = spawn(file, args, {
      cwd: this.home.path,
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...(FLIPT_LAB_BUNDLES && { FLIPT_LAB_BUNDLES }), ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    this.process = child;
    this.spawnedAt = Date.now();
    this.ended = new Promise((resolve) => {
      const over = (how: string): void => {
        this.process = undefined;
        this.seen(part, undefined);
        resolve(how);
      };
      child.once("error", (error) => over(`cannot be started: ${error.message}`));
      child.once("exit", (code, by) => over(by ? `was ended by ${by}` : `exited with code ${code}`));
    });
    if (child.pid !== undefined) this.seen(part, sight(child.pid));
  }

  private watch(): void {
    this.ended.then(async (end) => {
      if (!this.wanted) return;
      const { part } = this.program;
      if (Date.now() - this.spawnedAt > longestPauseMs) this.pauseMs = shortestPauseMs;
      this.seen(part, undefined, `${part} ${end}; it is started again in ${this.pauseMs / 1000} s`);
      await pause(this.pauseMs, undefined, { ref: false });
      this.pauseMs = Math.min(2 * this.pauseMs, longestPauseMs);
      // Somebody may have stopped the part meanwhile, or stopped and started it.
      if (!this.wanted || this.process) return;
      this.spawn();
      this.watch();
    });
  }
}
