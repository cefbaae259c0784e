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

/** Owns the processes of one lab. It starts, watches and stops them, and runs the exporter on schedule. */
export class Supervisor {
  readonly plan: Plan;
  /** One line for each usual port that was taken. */
  readonly replaced: string[];
  readonly runs: ExportRun[] = [];
  readonly ledger: LabRecord;
  readonly schedule: Schedule;
  private readonly children = new Map<Part, Child>();
  private readonly storeChoice: ChosenStore | undefined;
  private readonly news: (line: string) => void;
  private exporting: Promise<unknown> = Promise.resolve();
  private busy = false;
  /** The parts that were stopped on purpose. An export that fails meanwhile is not reported. */
  private readonly stopped = new Set<Stoppable>();
  private holder: Holder | undefined;

  /** @param news receives a line for each event while the lab runs */
  constructor({ plan, ledger, replaced, store }: Prepared, news: (line: string) => void) {
    this.plan = plan;
    this.ledger = ledger;
    this.replaced = replaced;
    this.storeChoice = store;
    this.news = news;
    this.schedule = new Schedule(plan.intervals.export, async () => {
      // `Forbid`: a tick is skipped while a requested run is active.
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

  /** Starts the object store and creates its users, or creates the volume in mode local. */
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

  /** Starts the master and seeds a new one. */
  async startMaster(signal: AbortSignal): Promise<string> {
    const { addresses, seed } = this.plan;
    const folder = masterFolder(this.plan);
    const seeded = join(folder, "seeded");
    const fresh = !existsSync(seeded);
    // Without the mark, an earlier start was interrupted: nobody has used its data.
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

  /** Runs the first export, and schedules the later ones. */
  async startExporter(signal: AbortSignal): Promise<string> {
    let run = await this.export({}, false);
    // While nothing is published, an empty export overwrites nothing.
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

  /** Waits until the sidecar has answered the application, unless it has no flag. Then it admits other commands. */
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

  /** Runs the exporter once, after any active run. */
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

  /** Gives the lab to one verification, or returns the current holder. A killed verification no longer holds it. */
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

  /** Stops all parts, the application first so that it does not report the others as down, and releases the folder. */
  async stop(): Promise<void> {
    // An active export is interrupted.
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
