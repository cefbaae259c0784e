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
  /** Receives a line for each event while the lab runs. */
  news: (line: string) => void;
}

/** The checked inputs of a start. */
export interface Prepared {
  plan: Plan;
  ledger: LabRecord;
  /** One line for each usual port that was taken. */
  replaced: string[];
  store: ChosenStore | undefined;
}

/** Assigns addresses: the usual port if it is free, else any free one, which `replaced` then records. */
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

/** @throws {Fault} for a poll interval that Flipt would silently ignore: it has no setting for the poll of a folder */
function insistOnPoll({ name, pollIsFixed, pollSeconds }: Mode, wanted: number | undefined, flipt: ChosenFlipt): void {
  if (!pollIsFixed || flipt.kind === "emulator" || wanted === undefined || wanted === pollSeconds) return;
  throw new Fault(
    3,
    `--poll ${wanted}s cannot be had: in mode ${name} ${flipt.description} polls each ${pollSeconds} s and has no setting for it; leave --poll out, or take --flipt emulator or --mode object-store`,
  );
}

/**
 * Chooses programs and ports and claims the state folder. It starts nothing.
 *
 * @throws {Fault} for an invalid program, a poll interval that it does not support, or an unusable address
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
