import type { Stoppable } from "../../../lab.ts";
import type { Verification } from "../../../steps/verification.ts";
import { until } from "../../../until.ts";
import type { KubernetesLab } from "../lab/kubernetes-lab.ts";
import { setReplicas } from "../lab/scale.ts";
import { clusterLab, step } from "./step.ts";

/** The sources of flags that the lab can stop: the master, and the store if the lab runs it. */
const sources = ({ lab }: Verification): Stoppable[] =>
  lab.lacks("stop-store") ? ["flipt-master"] : ["flipt-master", "store"];

/** Reads whether the application's pod is Ready, and how often its containers were restarted. */
async function readPod({ cluster }: KubernetesLab) {
  const { core, namespace } = cluster;
  const labelSelector = "app.kubernetes.io/part-of=flipt-sidecar-lab,app.kubernetes.io/name=sample-app";
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const pod = items.find(({ metadata }) => !metadata?.deletionTimestamp);
  const statuses = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
  return {
    name: pod?.metadata?.name ?? "none",
    ready: pod?.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True",
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    states: statuses
      .map(({ name, state, ready }) => `${name} ${state?.waiting?.reason ?? (ready ? "ready" : "not ready")}`)
      .join(", "),
  };
}

/** Long enough for each probe to reach its failure threshold. */
const observedSeconds = 15;

export const staysReady = step(
  "the application's pod stays Ready, and nothing in it is restarted, with master and store scaled to 0",
  150,
  async (proof) => {
    const lab = clusterLab(proof);
    const before = await readPod(lab);
    if (!before.ready) throw new Error(`pod "${before.name}" is not Ready to begin with: ${before.states}`);
    const stopped = sources(proof);
    await proof.stop(...stopped);
    const end = Date.now() + observedSeconds * 1000;
    const deadline = { seconds: observedSeconds + 30, everyMs: 1000, signal: proof.signal };
    await until<boolean>("the end of the observation", deadline, async () => {
      const now = await readPod(lab);
      if (now.name !== before.name || !now.ready || now.restarts !== before.restarts)
        throw new Error(`pod "${now.name}", before "${before.name}": ${now.states}; ${now.restarts} restarts`);
      return Date.now() >= end ? { value: true } : { seen: now.states };
    });
    await proof.start(...stopped);
    return `${stopped.join(" and ")} at 0 for ${observedSeconds} s`;
  },
);

/** Replaces the application's pod while its sources are down. */
async function replacePod(proof: Verification): Promise<KubernetesLab> {
  const lab = clusterLab(proof);
  await proof.stop(...sources(proof));
  await proof.stop("flipt-sidecar");
  // Not with `start`, which would wait for a pod that may never be ready.
  await setReplicas(lab.cluster, "sample-app", 1);
  return lab;
}

export const restartedCold = step(
  "a pod restarted with its sources down: what happens is said, and it heals by itself",
  240,
  async (proof) => {
    const lab = await replacePod(proof);
    const cold = await until<Awaited<ReturnType<typeof readPod>> | undefined>(
      "an end of the observation",
      { seconds: observedSeconds + 60, everyMs: 1000, signal: proof.signal },
      observer(lab),
    );
    const storeStopped = sources(proof).includes("store");
    const said = cold?.ready
      ? `with the master down it is Ready: the ${lab.mode === "local" ? "volume" : "bucket"} is enough`
      : `it is not Ready (${cold?.states}; ${cold?.restarts} restarts): what evaluates flags there waits for the store`;
    if (!storeStopped && !cold?.ready) throw new Error(`the store was there, but ${said}`);
    if (storeStopped && cold?.ready) throw new Error("it was Ready without a store: whence did it have its flags?");
    await proof.start(...sources(proof));
    const healing = Date.now();
    await proof.start("flipt-sidecar");
    return `${said}; Ready ${((Date.now() - healing) / 1000).toFixed(0)} s after they were back`;
  },
);

/** Observes a pod until it is Ready, or for `observedSeconds`. */
function observer(lab: KubernetesLab) {
  const end = Date.now() + observedSeconds * 1000;
  return async () => {
    const now = await readPod(lab);
    return now.ready || Date.now() >= end ? { value: now } : { seen: now.states };
  };
}
