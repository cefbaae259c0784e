import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault, oneLine } from "../../fault.ts";
import { findFlag } from "../../flipt.ts";
import type { ExportRequest, ExportRun, Part, Stoppable } from "../../lab.ts";
import { plantSeed, readSeed } from "../../seed.ts";
import { until } from "../../until.ts";
import { Child } from "./child.ts";
import { runExporter } from "./exporter-run.ts";
import { isAlive, type Sighting } from "./identity.ts";
import type { Holder } from "./order.ts";
import type { Prepared } from "./preflight.ts";
import { ProcessLab } from "./process-lab.ts";
import type { ChosenStore } from "./programs.ts";
import { Schedule } from "./schedule.ts";
import { applicationProgram, masterFolder, masterProgram, type Plan, seedFile, sidecarProgram } from "./settings.ts";
import { killGroup, type LabRecord } from "./state-folder.ts";
import { prepareStore, storeFolder, storeProgram } from "./store.ts";

const keptRuns = 100;

/** Owns the processes of one lab: starts, watches, stops them, and runs the exporter by the clock. */
export class Supervisor {
  readonly plan: Plan;
  /** Ports that were taken, a line each. */
  readonly replaced: string[];
  readonly runs: ExportRun[] = [];
  readonly ledger: LabRecord;
  readonly schedule: Schedule;
  private readonly children = new Map<Part, Child>();
  private readonly storeChoice: ChosenStore | undefined;
  private readonly news: (line: string) => void;
  private exporting: Promise<unknown> = Promise.resolve();
  private busy = false;
  /** What somebody stopped on purpose: an export that fails meanwhile is no news. */
  private readonly stopped = new Set<Stoppable>();
  private holder: Holder | undefined;

  /** @param news is told what happens while the lab runs, a line at a time */
  constructor({ plan, ledger, replaced, store }: Prepared, news: (line: string) => void) {
    this.plan = plan;
    this.ledger = ledger;
    this.replaced = replaced;
    this.storeChoice = store;
    this.news = news;
    this.schedule = new Schedule(plan.intervals.export, async () => {
      // `Forbid`: a run that somebody asked for is not joined by the schedule's.
      if (!this.busy) await this.export({}, true).catch((error) => news(`flipt-exporter: ${oneLine(error)}`));
    });
    const seen = (part: Part, child: Sighting | undefined, line?: string): void => {
      this.note(part, child);
      if (line) news(line);
    };
    for (const program of [masterProgram(plan), sidecarProgram(plan), applicationProgram(plan)]) {
      this.children.set(program.part, new Child(program, plan.home, seen));
    }
    if (store) this.children.set("store", new Child(storeProgram(plan, store), plan.home, seen));
  }

  private note(part: string, child: Sighting | undefined): void {
    this.ledger.children[part] = child;
    this.plan.home.write(this.ledger);
  }

  private child(part: Part): Child {
    const child = this.children.get(part);
    if (!child) throw new Error(`part "${part}" does not exist in mode ${this.plan.mode.name}`);
    return child;
  }

  /** Starts the bucket's server and makes its users, or makes the volume. */
  async startStore(signal: AbortSignal): Promise<string> {
    const { home, mode, addresses } = this.plan;
    if (!mode.store) {
      await mkdir(home.volume, { recursive: true });
      return home.volume;
    }
    await mkdir(storeFolder(this.plan, this.storeChoice), { recursive: true });
    await this.child("store").start(signal);
    await prepareStore(this.plan);
    return `${addresses.store}  ${this.storeChoice?.kind}`;
  }

  /** Starts the master; a new one is seeded. */
  async startMaster(signal: AbortSignal): Promise<string> {
    const { addresses, seed } = this.plan;
    const folder = masterFolder(this.plan);
    const seeded = join(folder, "seeded");
    const fresh = !existsSync(seeded);
    // Without the mark, a lab was ended while it started: nobody has used what it left.
    if (fresh) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await this.child("flipt-master").start(signal);
    if (!fresh) {
      const unused = seed && `; ${seed.file} is for a new one: bring it in with: npm run -s lab -- import`;
      return `${addresses.master}  with the flags of the last time${unused ?? ""}`;
    }
    await plantSeed(seed ?? (await readSeed(seedFile)), addresses.master, this.news, signal);
    await writeFile(seeded, "");
    const how = seed ? (seed.documents.length > 0 ? `seeded with "${seed.file}"` : "without a flag") : "seeded";
    return `${addresses.master}  ${how}`;
  }

  /** The first export; later ones come by the clock. */
  async startExporter(signal: AbortSignal): Promise<string> {
    let run = await this.export({}, false);
    // Where nothing is published, a state without a flag replaces nothing.
    if (run.log.gate === "not empty" && !(await new ProcessLab(this.plan.home, this.ledger).publication()))
      run = await this.export({ allowEmpty: true }, false);
    signal.throwIfAborted();
    if (run.exit !== 0) {
      const log = await this.plan.home.readLog("flipt-exporter");
      throw new Fault(2, `the first export failed with exit code ${run.exit}: ${run.line}`, {
        part: "flipt-exporter",
        log,
      });
    }
    this.schedule.start();
    return `each ${this.plan.intervals.export} s  ${run.line}`;
  }

  async startSidecar(signal: AbortSignal): Promise<string> {
    await this.child("flipt-sidecar").start(signal);
    return `${this.plan.addresses.sidecar}  polls each ${this.plan.intervals.poll} s`;
  }

  async startApplication(signal: AbortSignal): Promise<string> {
    await this.child("evaluation-client").start(signal);
    return this.plan.addresses.application;
  }

  /** Waits until the application has had an answer from the sidecar, if that has a flag; then lets other commands in. */
  async finishStart(signal: AbortSignal): Promise<void> {
    const { application, sidecar } = this.plan.addresses;
    const url = `${application}/ready`;
    await until("evaluation-client's readiness", { seconds: 60, signal }, async () => {
      const answer = await fetch(url).catch((error: Error) => error);
      if (answer instanceof Response && answer.ok) return { value: true };
      if (!(await findFlag(sidecar).catch(() => true))) return { value: true };
      return { seen: answer instanceof Response ? await answer.text() : oneLine(answer) };
    });
    this.ledger.running = true;
    this.plan.home.write(this.ledger);
  }

  /** Runs the exporter once, after the one that may be under way. */
  export(request: ExportRequest = {}, scheduled = false): Promise<ExportRun> {
    const run = this.exporting.then(async () => {
      this.busy = true;
      const whole = this.stopped.size === 0;
      const seen = (child: Sighting | undefined): void => this.note("flipt-exporter", child);
      const result = await runExporter(this.plan, request, scheduled, seen).finally(() => {
        this.busy = false;
      });
      this.runs.push(result);
      this.runs.splice(0, this.runs.length - keptRuns);
      if (scheduled && result.exit !== 0 && whole && this.stopped.size === 0)
        this.news(`flipt-exporter exited with ${result.exit}: ${result.line}`);
      return result;
    });
    this.exporting = run.catch(() => {});
    return run;
  }

  /** Gives the lab to one verification; returns the one that has it. Who was killed has it no more. */
  hold(by: Sighting): Holder | undefined {
    if (this.holder && isAlive(this.holder)) return this.holder;
    this.holder = { ...by, since: new Date().toISOString().replace(/\.\d+/, "") };
    return undefined;
  }

  release({ pid }: Sighting): void {
    if (this.holder?.pid === pid) this.holder = undefined;
  }

  async stopPart(part: Stoppable): Promise<void> {
    const { mode, home } = this.plan;
    this.stopped.add(part);
    if (part === "store" && !mode.store) return rename(home.volume, `${home.volume}-away`);
    return this.child(part).stop();
  }

  async startPart(part: Stoppable): Promise<void> {
    const { mode, home } = this.plan;
    this.stopped.delete(part);
    if (part === "store" && !mode.store) {
      if (!existsSync(home.volume)) await rename(`${home.volume}-away`, home.volume);
      return;
    }
    await this.child(part).start();
  }

  /** Stops everything in the order that lets nobody complain, and gives the folder back. */
  async stop(): Promise<void> {
    // An export that is under way ends now.
    const exporter = this.ledger.children["flipt-exporter"];
    if (exporter) killGroup(exporter.pid, "SIGTERM");
    await this.schedule.stop();
    await this.exporting;
    await this.children.get("evaluation-client")?.stop();
    await Promise.all([...this.children.values()].map((child) => child.stop()));
    if (!this.plan.mode.store && existsSync(`${this.plan.home.volume}-away`)) await this.startPart("store");
    this.plan.home.release();
  }
}
