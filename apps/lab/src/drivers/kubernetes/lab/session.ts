import { Fault } from "../../../fault.ts";
import { labHint } from "../../../hints.ts";
import type { Runtime, Session, Settings } from "../../driver.ts";
import { takeDown } from "../apply/down.ts";
import { render } from "../apply/manifests.ts";
import { bringUp } from "../apply/up.ts";
import { type Cluster, isNotFound, status } from "../cluster/connect.ts";
import { admit, describe } from "../cluster/guard.ts";
import { ensureNamespace } from "../cluster/namespace.ts";
import { sweepProbePods } from "../reach/probe-pod.ts";
import { exporter } from "./cronjob.ts";
import { keepEvidence } from "./evidence.ts";
import { KubernetesLab } from "./kubernetes-lab.ts";
import { hold } from "./lease.ts";

const removalSeconds = 300;

/** A session on a lab that outlives it. */
export const borrow = (lab: KubernetesLab): Session => ({
  lab,
  keepEvidence: async (folder) => {
    await keepEvidence(lab.cluster, folder);
  },
  close: () => lab.close(),
});

const holdsLab = ({ batch, namespace }: Cluster): Promise<boolean> =>
  batch.readNamespacedCronJob({ name: exporter, namespace }).then(
    () => true,
    (error) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );

/** A lab that is removed when its command ends. */
export interface ThrowawayLab {
  lab: KubernetesLab;
  close(): Promise<void>;
}

/** Starts a lab in its own namespace. Both are removed in any case, after the evidence of a failure was kept. */
export async function openThrowaway(settings: Settings, surroundings: Runtime): Promise<ThrowawayLab> {
  const { env, screen, signal } = surroundings;
  const { namespace } = settings;
  const [cluster, manifests] = await Promise.all([
    admit({ ...settings, passing: true }, env),
    render(settings.mode, settings.components),
  ]);
  // Created here and not by `up`: of two concurrent commands, one fails before it has anything to remove.
  const made = await ensureNamespace(cluster, signal).catch((error) => {
    if (status(error) !== 409) throw error;
  });
  if (!made)
    throw new Fault(
      2,
      `namespace "${namespace}" exists: another one is at it, or was killed; remove it with: ${labHint("down", cluster)}`,
    );
  const remove = async (): Promise<void> => {
    // With its own deadline: after Ctrl-C, the command's signal is already aborted.
    screen.print(await takeDown(cluster, false, AbortSignal.timeout(removalSeconds * 1000)));
  };
  try {
    await bringUp(cluster, manifests, settings, surroundings);
    const lab = await KubernetesLab.open(cluster, signal);
    return { lab, close: () => lab.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function openForVerification(settings: Settings, surroundings: Runtime): Promise<Session> {
  const namespace = `flipt-sidecar-lab-verify-${settings.mode}`;
  const { lab, close } = await openThrowaway({ ...settings, namespace }, surroundings);
  return { ...borrow(lab), close };
}

/** Returns the namespace's lab if its mode is the wanted one, else a throwaway lab. */
export async function open(settings: Settings, surroundings: Runtime): Promise<Session> {
  const { env, screen, signal } = surroundings;
  const cluster = await admit(settings, env);
  if (!(await holdsLab(cluster))) return openForVerification(settings, surroundings);
  const lab = await KubernetesLab.open(cluster, signal);
  if (lab.mode === settings.mode) {
    screen.print(describe(cluster));
    try {
      const release = await hold(cluster, (line) => screen.print(line));
      // Removes what a killed verification has left: no other one runs now.
      await sweepProbePods(cluster);
      const close = (): Promise<void> => lab.close().finally(release);
      return { ...borrow(lab), close };
    } catch (error) {
      await lab.close();
      throw error;
    }
  }
  await lab.close();
  screen.print(
    `the lab in namespace "${cluster.namespace}" runs in mode ${lab.mode} and stays as it is; verifying mode ${settings.mode} on one of its own`,
  );
  return openForVerification(settings, surroundings);
}
