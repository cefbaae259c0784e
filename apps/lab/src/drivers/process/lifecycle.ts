import { Fault, oneLine } from "../../fault.ts";
import { until } from "../../until.ts";
import type { Task } from "../driver.ts";
import { Control } from "./control.ts";
import { isAlive } from "./identity.ts";
import { type Options, preflight } from "./preflight.ts";
import { ProcessLab } from "./process-lab.ts";
import type { LabRecord, StateFolder } from "./state-folder.ts";
import { Supervisor } from "./supervisor.ts";

/** A lab that this process owns. */
export interface Owned {
  lab: ProcessLab;
  supervisor: Supervisor;
  stop(): Promise<void>;
}

const startingSeconds = 60;

/**
 * Finds the lab that runs in a state folder. It waits for a lab that is starting, and kills what a crashed one left.
 *
 * @param news receives a line on what a crashed lab left
 */
export async function find(home: StateFolder, news: (line: string) => void): Promise<ProcessLab | undefined> {
  const ledger = home.read();
  if (!ledger || !isAlive(ledger.supervisor)) {
    const left = home.clean();
    if (left.length > 0) news(`an earlier lab had crashed; ended what it left: ${left.join(", ")}`);
    return undefined;
  }
  const running = await until<LabRecord | undefined>(
    "the lab that is starting",
    { seconds: startingSeconds },
    async () => {
      const now = home.read();
      if (!now || !isAlive(now.supervisor)) return { value: undefined };
      return now.running ? { value: now } : { seen: `process ${now.supervisor.pid} is still at it` };
    },
  );
  return running && new ProcessLab(home, running);
}

/**
 * Starts a lab in this process.
 *
 * @param show runs the tasks in order and shows their progress
 * @throws {Fault} that names the failing part; nothing is left running
 */
export async function start(
  options: Options,
  signal: AbortSignal,
  show: (starts: Task[]) => Promise<void>,
): Promise<Owned> {
  const control = await Control.listen();
  const prepared = await preflight(options, control.port).catch((error) => {
    control.close();
    throw error;
  });
  const supervisor = new Supervisor(prepared, options.news);
  const given = new AbortController();
  const either = AbortSignal.any([signal, given.signal]);
  const early = startEarly(supervisor, either);
  const stop = async (): Promise<void> => {
    given.abort();
    await supervisor.stop();
    await Promise.allSettled(Object.values(early));
    control.close();
  };
  try {
    await show(starts(supervisor, early, either));
    await supervisor.finishStart(either);
  } catch (error) {
    await stop();
    throw error;
  }
  control.serve(supervisor);
  return { lab: new ProcessLab(options.home, supervisor.ledger), supervisor, stop };
}

interface Early {
  store: Promise<string>;
  master: Promise<string>;
  application: Promise<string>;
}

/** Starts the parts without dependencies at once. A part's task reports the failure later. */
function startEarly(supervisor: Supervisor, signal: AbortSignal): Early {
  const early = {
    store: supervisor.startStore(signal),
    master: supervisor.startMaster(signal),
    application: supervisor.startApplication(signal),
  };
  for (const start of Object.values(early)) start.catch(() => {});
  return early;
}

/** The tasks of a start, in the order of their dependencies. */
const starts = (supervisor: Supervisor, { store, master, application }: Early, signal: AbortSignal): Task[] => [
  { title: "store", run: () => store },
  { title: "flipt-master", run: () => master },
  { title: "flipt-exporter", run: () => supervisor.startExporter(signal) },
  { title: "flipt-sidecar", run: () => supervisor.startSidecar(signal) },
  { title: "evaluation-client", run: () => application },
];

/** Stops a running lab from another process and waits until it is gone. Returns whether there was anything to stop. */
export async function end(home: StateFolder): Promise<boolean> {
  const ledger = home.read();
  if (!ledger || !isAlive(ledger.supervisor)) return home.clean().length > 0;
  process.kill(ledger.supervisor.pid, "SIGTERM");
  await until("the end of the running lab", { seconds: 30 }, async () =>
    isAlive(ledger.supervisor) ? { seen: `process ${ledger.supervisor.pid} still runs` } : { value: true },
  ).catch((error) => {
    throw new Fault(2, `${oneLine(error)}; end it with: kill -9 ${ledger.supervisor.pid}`);
  });
  home.clean();
  return true;
}
