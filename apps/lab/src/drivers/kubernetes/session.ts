import { Fault } from "../../fault.ts";
import type { Session, Settings, Surroundings } from "../driver.ts";
import { type Cluster, isNotFound } from "./cluster.ts";
import { exporter } from "./cronjob.ts";
import { takeDown } from "./down.ts";
import { keepEvidence } from "./evidence.ts";
import { admit, describe } from "./guard.ts";
import { KubernetesLab } from "./lab.ts";
import { render } from "./manifests.ts";
import { readNamespace } from "./namespace.ts";
import { sweepStrangers } from "./stranger.ts";
import { bringUp } from "./up.ts";

const removalSeconds = 300;

/** The use of a lab that stays. */
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

/** A lab that is removed with a command. */
export interface OwnLab {
  lab: KubernetesLab;
  close(): Promise<void>;
}

/** A lab in a namespace of its own, which goes with it: whatever happens, and after the evidence was kept. */
export async function openOwn(settings: Settings, surroundings: Surroundings): Promise<OwnLab> {
  const { env, screen, signal } = surroundings;
  const { namespace } = settings;
  const [cluster, manifests] = await Promise.all([admit(settings, env), render(settings.mode, settings.components)]);
  const found = await readNamespace(cluster);
  if (found && !found.metadata?.deletionTimestamp)
    throw new Fault(
      2,
      `namespace "${namespace}" exists: another one is at it, or was killed; remove it with: npm run -s lab -- down --on kubernetes --context ${cluster.context} --namespace ${namespace}`,
    );
  const remove = async (): Promise<void> => {
    // Also after Ctrl-C, which has ended everything else.
    screen.print(await takeDown(cluster, false, AbortSignal.timeout(removalSeconds * 1000)));
  };
  try {
    await bringUp(cluster, manifests, surroundings);
    const lab = await KubernetesLab.open(cluster, signal);
    return { lab, close: () => lab.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function openForVerification(settings: Settings, surroundings: Surroundings): Promise<Session> {
  const namespace = `flipt-sidecar-lab-verify-${settings.mode}`;
  const { lab, close } = await openOwn({ ...settings, namespace }, surroundings);
  return { ...borrow(lab), close };
}

/** The lab of the namespace when its mode is the wanted one, else one of its own. */
export async function open(settings: Settings, surroundings: Surroundings): Promise<Session> {
  const { env, screen, signal } = surroundings;
  const cluster = await admit(settings, env);
  if (!(await holdsLab(cluster))) return openForVerification(settings, surroundings);
  const lab = await KubernetesLab.open(cluster, signal);
  if (lab.mode === settings.mode) {
    screen.print(describe(cluster));
    await sweepStrangers(cluster);
    return borrow(lab);
  }
  await lab.close();
  screen.print(
    `the lab in namespace "${cluster.namespace}" runs in mode ${lab.mode} and stays as it is; verifying mode ${settings.mode} on one of its own`,
  );
  return openForVerification(settings, surroundings);
}
