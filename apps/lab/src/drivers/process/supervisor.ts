import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { Fault, oneLine } from "../../fault.ts";
import type { ExportRequest, ExportRun, Part, Stoppable } from "../../lab.ts";
import { mode as findMode } from "../../modes.ts";
import { until } from "../../until.ts";
import type { Settings } from "../driver.ts";
import { Child } from "./child.ts";
import { type Home, killGroup, type Ledger } from "./home.ts";
import { type Sighting, sight } from "./identity.ts";
import { choosePort } from "./port.ts";
import { type ChosenStore, chooseFlipt, chooseStore } from "./programs.ts";
import { finish, runExporter } from "./run.ts";
import { Schedule } from "./schedule.ts";
import {
  applicationProgram,
  masterEnvironment,
  masterProgram,
  type Plan,
  ports,
  randomKeys,
  seedFile,
  sidecarProgram,
} from "./settings.ts";
import { prepareStore, storeProgram } from "./store.ts";

export interface Options
  extends Pick<Settings, "mode" | "host" | "exportSeconds" | "pollSeconds" | "flipt" | "anyPort"> {
  home: Home;
  env: NodeJS.ProcessEnv;
  /** Is told what happens while the lab runs, a line at a time. */
  news: (line: string) => void;
}

const keptRuns = 100;

/** Owns the processes of one lab: starts, watches, stops them, and runs the exporter by the clock. */
export class Supervisor {
  readonly plan: Plan;
  /** Ports that were taken, a line each. */
  readonly replaced: string[];
  readonly runs: ExportRun[] = [];
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  private readonly children = new Map<Part, Child>();
  private readonly storeChoice: ChosenStore | undefined;
  private readonly news: (line: string) => void;
  private exporting: Promise<unknown> = Promise.resolve();
  private busy = false;
  /** What somebody stopped on purpose: an export that fails meanwhile is no news. */
  private readonly stopped = new Set<Stoppable>();

  private constructor(
    plan: Plan,
    ledger: Ledger,
    replaced: string[],
    store: ChosenStore | undefined,
    news: (line: string) => void,
  ) {
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

  /**
   * Chooses programs and ports and takes the folder; starts nothing yet.
   *
   * @throws {Fault} for a program that is none, or an address that cannot be listened on
   */
  static async prepare(options: Options, controlPort: number): Promise<Supervisor> {
    const { home, host, env } = options;
    const mode = findMode(options.mode);
    const flipt = await chooseFlipt(options.flipt, env);
    const store = mode.store ? chooseStore(env) : undefined;
    const taken = new Set<number>();
    const replaced: string[] = [];
    const address = async (name: keyof typeof ports): Promise<string> => {
      const wanted = ports[name];
      const port = await choosePort(options.anyPort ? 0 : wanted, host, taken);
      if (port !== wanted && !options.anyPort) replaced.push(`port ${wanted} is taken: ${name} listens on ${port}`);
      return `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
    };
    const addresses = {
      master: await address("master"),
      sidecar: await address("sidecar"),
      application: await address("application"),
      ...(store && { store: await address("store") }),
    };
    const minio = store?.kind === "minio";
    const plan: Plan = {
      home,
      mode,
      host,
      addresses,
      grpc: { master: await choosePort(0, host, taken), sidecar: await choosePort(0, host, taken) },
      intervals: { export: options.exportSeconds, poll: options.pollSeconds ?? mode.pollSeconds },
      flipt: flipt.command,
      users: minio
        ? { root: randomKeys("labadmin"), exporter: randomKeys("exporter"), sidecar: randomKeys("sidecar") }
        : undefined,
    };
    const ledger: Ledger = {
      supervisor: sight(process.pid),
      running: false,
      mode: mode.name,
      control: { port: controlPort, token: randomBytes(24).toString("hex") },
      addresses,
      intervals: plan.intervals,
      programs: { flipt: flipt.description, store: store?.description ?? `the folder ${home.volume}` },
      users: plan.users,
      children: {},
    };
    home.claim(ledger);
    return new Supervisor(plan, ledger, replaced, store, options.news);
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
    await mkdir(home.in("store"), { recursive: true });
    await this.child("store").start(signal);
    await prepareStore(this.plan);
    return `${addresses.store}  ${this.storeChoice?.kind}`;
  }

  /** Starts the master; a new one is seeded first. */
  async startMaster(signal: AbortSignal): Promise<string> {
    const { home, flipt, addresses } = this.plan;
    const seeded = home.in("master", "seeded");
    const fresh = !existsSync(seeded);
    if (fresh) {
      // Without the mark, an earlier import was cut off: it would refuse to be repeated over what it left.
      await rm(home.in("master"), { recursive: true, force: true });
      await mkdir(home.in("master"), { recursive: true });
      const command = [...flipt, "import", seedFile];
      const seen = (child: Sighting | undefined): void => this.note("flipt-seed", child);
      const { exit, stderr } = await finish(
        command,
        masterEnvironment(this.plan),
        home.log("flipt-master"),
        home,
        seen,
      );
      signal.throwIfAborted();
      if (exit !== 0) {
        const log = await home.readLog("flipt-master");
        throw new Fault(2, `the seed was refused by flipt-master: ${stderr.trim()}`, { part: "flipt-master", log });
      }
      await writeFile(seeded, "");
    }
    await this.child("flipt-master").start(signal);
    return `${addresses.master}  ${fresh ? "seeded" : "with the flags of the last time"}`;
  }

  /** The first export; later ones come by the clock. */
  async startExporter(signal: AbortSignal): Promise<string> {
    const run = await this.export({}, false);
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

  /** Waits until the application has had an answer from the sidecar, then lets other commands in. */
  async finishStart(signal: AbortSignal): Promise<void> {
    const url = `${this.plan.addresses.application}/ready`;
    await until("evaluation-client's readiness", { seconds: 15, signal }, async () => {
      const answer = await fetch(url).catch((error: Error) => error);
      if (answer instanceof Response && answer.ok) return { value: true };
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
    // An export or a seed that is under way ends now.
    for (const part of ["flipt-exporter", "flipt-seed"]) {
      const child = this.ledger.children[part];
      if (child) killGroup(child.pid, "SIGTERM");
    }
    await this.schedule.stop();
    await this.exporting;
    await this.children.get("evaluation-client")?.stop();
    await Promise.all([...this.children.values()].map((child) => child.stop()));
    if (!this.plan.mode.store && existsSync(`${this.plan.home.volume}-away`)) await this.startPart("store");
    this.plan.home.release();
  }
}
