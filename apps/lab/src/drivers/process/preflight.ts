import { randomBytes } from "node:crypto";
import { Fault } from "../../fault.ts";
import { mode as findMode, type Mode } from "../../modes.ts";
import type { Settings } from "../driver.ts";
import { sight } from "./identity.ts";
import { choosePort } from "./port.ts";
import { type ChosenFlipt, type ChosenStore, chooseFlipt, chooseStore } from "./programs.ts";
import { type Plan, ports, randomKeys } from "./settings.ts";
import type { LabRecord, StateFolder } from "./state-folder.ts";

export interface Options
  extends Pick<Settings, "mode" | "host" | "exportSeconds" | "pollSeconds" | "flipt" | "anyPort" | "seed"> {
  home: StateFolder;
  env: NodeJS.ProcessEnv;
  /** Is told what happens while the lab runs, a line at a time. */
  news: (line: string) => void;
}

/** What a lab starts from. */
export interface Prepared {
  plan: Plan;
  ledger: LabRecord;
  /** Ports that were taken, a line each. */
  replaced: string[];
  store: ChosenStore | undefined;
}

/** Gives out addresses: the usual port where it is free, else another one, which is noted. */
class Addresses {
  readonly replaced: string[] = [];
  private readonly host: string;
  private readonly anyPort: boolean;
  private readonly taken = new Set<number>();

  constructor({ host, anyPort }: Options) {
    this.host = host;
    this.anyPort = anyPort;
  }

  free(): Promise<number> {
    return choosePort(0, this.host, this.taken);
  }

  async take(name: keyof typeof ports): Promise<string> {
    const wanted = ports[name];
    const port = this.anyPort ? await this.free() : await choosePort(wanted, this.host, this.taken);
    if (port !== wanted && !this.anyPort) this.replaced.push(`port ${wanted} is taken: ${name} listens on ${port}`);
    return `http://${this.host === "0.0.0.0" ? "127.0.0.1" : this.host}:${port}`;
  }
}

const users = (): Plan["users"] => ({
  root: randomKeys("labadmin"),
  exporter: randomKeys("exporter"),
  sidecar: randomKeys("sidecar"),
});

/** @throws {Fault} for a poll that Flipt would not keep: it has no setting for one of files, and would ignore it in silence */
function insistOnPoll({ name, pollIsFixed, pollSeconds }: Mode, wanted: number | undefined, flipt: ChosenFlipt): void {
  if (!pollIsFixed || flipt.kind === "emulator" || wanted === undefined || wanted === pollSeconds) return;
  throw new Fault(
    3,
    `--poll ${wanted}s cannot be had: in mode ${name} ${flipt.description} polls each ${pollSeconds} s and has no setting for it; leave --poll out, or take --flipt emulator or --mode object-store`,
  );
}

/**
 * Chooses programs and ports and takes the folder; starts nothing yet.
 *
 * @throws {Fault} for a program that is none, a poll that the program cannot keep, or an address that cannot be listened on
 */
export async function preflight(options: Options, controlPort: number): Promise<Prepared> {
  const { home, host, env } = options;
  const mode = findMode(options.mode);
  const flipt = await chooseFlipt(options.flipt, env);
  insistOnPoll(mode, options.pollSeconds, flipt);
  const store = mode.store ? chooseStore(env) : undefined;
  const ports = new Addresses(options);
  const addresses = {
    master: await ports.take("master"),
    sidecar: await ports.take("sidecar"),
    application: await ports.take("application"),
    ...(store && { store: await ports.take("store") }),
  };
  const plan: Plan = {
    home,
    mode,
    host,
    addresses,
    grpc: { master: await ports.free(), sidecar: await ports.free() },
    intervals: { export: options.exportSeconds, poll: options.pollSeconds ?? mode.pollSeconds },
    flipt,
    seed: options.seed,
    users: store?.kind === "minio" ? users() : undefined,
  };
  const ledger: LabRecord = {
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
  return { plan, ledger, replaced: ports.replaced, store };
}
