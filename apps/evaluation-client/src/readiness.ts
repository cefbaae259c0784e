import type { Backend } from "./backend.ts";
import { Failure } from "./failure.ts";
import type { Question } from "./question.ts";

/** Whether the sidecar has served a flag; if not, what is waited for. */
export type Ready = { ready: true; since: string } | { ready: false; waitingFor: string };

export interface Readiness {
  /** Asks the sidecar for one flag until it has served one; from then on it answers without asking. */
  ask(): Promise<Ready>;
  /** The latest known state, without asking. */
  latched(): boolean;
}

type Target = Pick<Question, "namespaceKey" | "flagKey">;

/**
 * Readiness that latches: an application that has its flags once goes on with what the sidecar has, so a sidecar that
 * dies later must not take the application out of service as well.
 *
 * @param target the flag to ask for; the first flag that the sidecar lists when left out
 */
export function readiness(sidecar: Backend, target?: Target): Readiness {
  let since: string | undefined;
  let running: Promise<Ready> | undefined;

  const probe = async (): Promise<Ready> => {
    try {
      const flag = target ?? (await firstFlag(sidecar));
      const answer = await sidecar.evaluate({ ...flag, backend: "sidecar", entityId: "readiness", context: {} });
      if ("error" in answer) return { ready: false, waitingFor: answer.error.message };
      since = new Date().toISOString();
      return { ready: true, since };
    } catch (error) {
      if (error instanceof Failure) return { ready: false, waitingFor: error.message };
      throw error;
    }
  };

  const ask = async (): Promise<Ready> => {
    if (since !== undefined) return { ready: true, since };
    // probes may come faster than the sidecar answers: they share one question
    running ??= probe().finally(() => {
      running = undefined;
    });
    return running;
  };

  return { ask, latched: () => since !== undefined };
}

async function firstFlag(sidecar: Backend): Promise<Target> {
  const namespaces = await sidecar.namespaces();
  for (const { key } of namespaces) {
    const [flag] = await sidecar.flags(key);
    if (flag) return { namespaceKey: key, flagKey: flag.key };
  }
  throw new Failure("not-found", `sidecar "${sidecar.url}" has no flag in ${namespaces.length} namespace(s) yet`);
}
