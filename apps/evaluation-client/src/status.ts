import type { Backend } from "./backend.ts";
import type { Backends } from "./evaluation.ts";
import { Failure } from "./failure.ts";
import type { Readiness, Ready } from "./readiness.ts";
import { type NextRun, nextRun, type Schedule } from "./schedule.ts";

/** A backend as the page's header shows it. */
export interface BackendStatus {
  url: string;
  reachable: boolean;
  /** Sidecar: its last successful load; master: the last change of the namespace `default` itself. */
  updatedAt?: string;
  /** Seconds since then. */
  ageSeconds?: number;
  error?: Failure;
}

export interface Status {
  ready: Ready;
  /** Namespace to show first. */
  namespace: string;
  sidecar: BackendStatus;
  /** Null when none is configured. */
  master: BackendStatus | null;
  /** When the exporter starts next by its schedule; nobody has looked whether it does. */
  exporter: NextRun;
}

interface Asked {
  backends: Backends;
  readiness: Readiness;
  namespace: string;
  schedule: Schedule;
}

/** Asks everybody how they are, at the same time. */
export async function status({ backends, readiness, namespace, schedule }: Asked): Promise<Status> {
  const [ready, sidecar, master] = await Promise.all([
    readiness.ask(),
    backendStatus(backends.sidecar),
    backends.master ? backendStatus(backends.master) : null,
  ]);
  return { ready, namespace, sidecar, master, exporter: nextRun(schedule, Date.now()) };
}

async function backendStatus({ url, updatedAt }: Backend): Promise<BackendStatus> {
  try {
    const time = await updatedAt();
    const ageSeconds = Math.max(0, Math.round((Date.now() - time.getTime()) / 1000));
    return { url, reachable: true, updatedAt: time.toISOString(), ageSeconds };
  } catch (error) {
    if (error instanceof Failure) return { url, reachable: false, error };
    throw error;
  }
}
