import { ask } from "../../flipt.ts";
import type { Stoppable } from "../../lab.ts";
import type { Proof } from "../../steps/proof.ts";
import { NotProvable } from "../../steps/run.ts";
import { polls, type Step } from "../../steps/step.ts";
import { until } from "../../until.ts";
import { apiLine, status } from "./cluster.ts";
import { readNamespace } from "./guard.ts";
import { KubernetesLab } from "./lab.ts";
import { setReplicas } from "./scale.ts";
import { askStranger, enforcesPolicies } from "./stranger.ts";

const enforce = "pod-security.kubernetes.io/enforce";

const step = (title: string, seconds: number, run: Step["run"]): Step => ({
  group: "cluster",
  title,
  seconds: polls(seconds),
  run,
});

function clusterLab({ lab }: Proof): KubernetesLab {
  if (lab instanceof KubernetesLab) return lab;
  throw new NotProvable(`ring ${lab.ring} is no cluster`);
}

/** What the lab can stop of master and store. */
const sources = ({ lab }: Proof): Stoppable[] =>
  lab.lacks("stop-store") ? ["flipt-master"] : ["flipt-master", "store"];

/** The application's pod: whether it is Ready, and how often its containers were restarted. */
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

/** Long enough for each probe to fail as often as it takes. */
const observedSeconds = 15;

const staysReady = step(
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
async function replacePod(proof: Proof): Promise<KubernetesLab> {
  const lab = clusterLab(proof);
  await proof.stop(...sources(proof));
  await proof.stop("flipt-sidecar");
  // Not by `start`, which would wait for a pod that may never be ready.
  await setReplicas(lab.cluster, "sample-app", 1);
  return lab;
}

const restartedCold = step(
  "a pod restarted with its sources down: what happens is said, and it heals by itself",
  240,
  async (proof) => {
    const lab = await replacePod(proof);
    const cold = await until<Awaited<ReturnType<typeof readPod>> | undefined>(
      "an end of the observation",
      { seconds: observedSeconds + 60, everyMs: 1000, signal: proof.signal },
      observer(lab),
    );
    const said = cold?.ready
      ? "with the master down it is Ready: the volume is enough"
      : `it is not Ready (${cold?.states}; ${cold?.restarts} restarts): what evaluates flags there waits for the store`;
    if (lab.mode === "local" && !cold?.ready) throw new Error(`the volume was there, but ${said}`);
    if (lab.mode !== "local" && cold?.ready)
      throw new Error("it was Ready without a store: whence did it have its flags?");
    await proof.start(...sources(proof));
    const healing = Date.now();
    await proof.start("flipt-sidecar");
    return `${said}; Ready ${((Date.now() - healing) / 1000).toFixed(0)} s after they were back`;
  },
);

/** Looks at a pod until it is Ready, or for as long as a start takes. */
function observer(lab: KubernetesLab) {
  const end = Date.now() + observedSeconds * 1000;
  return async () => {
    const now = await readPod(lab);
    return now.ready || Date.now() >= end ? { value: now } : { seen: now.states };
  };
}

const refusesStranger = step("a pod that is not ours reaches none of our ports", 150, async (proof) => {
  const { cluster, mode } = clusterLab(proof);
  const targets = [
    "flipt-master:8080",
    "sample-app:8080",
    "sample-app:8000",
    ...(mode === "local" ? [] : ["minio:9000"]),
  ];
  const control = "kubernetes.default.svc:443";
  const { [control]: reachable, ...seen } = await askStranger(cluster, [...targets, control], proof.signal);
  if (reachable !== "connected")
    throw new NotProvable(`a foreign pod reaches nothing here at all: ${control} ${reachable}`);
  const unknown = targets.filter((target) => /ENOTFOUND|EAI_AGAIN/.test(seen[target] ?? "ENOTFOUND"));
  if (unknown.length > 0) throw new Error(`the foreign pod could not even resolve ${unknown.join(", ")}`);
  const open = targets.filter((target) => seen[target] === "connected");
  const [first] = open;
  if (first === undefined) return `refused at ${targets.join(", ")}; ${control} answers it`;
  // Not asked of the control: what leads to the node itself passes by some networks' policies.
  if (!(await enforcesPolicies(cluster, first, proof.signal)))
    throw new NotProvable("this cluster enforces no NetworkPolicies; minikube does with: --cni calico");
  throw new Error(`a foreign pod could connect to ${open.join(", ")}`);
});

const reachesOurs = step("the pods that have to reach each other do", 60, async (proof) => {
  const { application } = proof.lab.addresses;
  const reply = await ask(application, "/ready");
  if (reply.status !== 200) throw new Error(`sample-app does not reach its sidecar: ${reply.status}`);
  const { line } = await proof.publish();
  return line;
});

const refusesBadPod = step("Pod Security refuses a pod that is not restricted", 30, async (proof) => {
  const { cluster } = clusterLab(proof);
  const level = (await readNamespace(cluster))?.metadata?.labels?.[enforce];
  if (level !== "restricted")
    throw new NotProvable(
      `namespace "${cluster.namespace}" does not enforce it; ours run under it: kubectl label namespace ${cluster.namespace} ${enforce}=restricted`,
    );
  const { core, namespace } = cluster;
  const body = {
    metadata: { name: proof.id },
    spec: { containers: [{ name: "bad", image: "none", securityContext: { privileged: true } }] },
  };
  const refusal = await core.createNamespacedPod({ namespace, body, dryRun: "All" }).then(
    () => undefined,
    (error) => (status(error) === 403 ? apiLine(error) : Promise.reject(error)),
  );
  if (!refusal) throw new Error("a privileged pod was admitted");
  // Who may not create pods at all is refused, too, with the same code.
  if (!refusal.includes("PodSecurity")) throw new NotProvable(`it was refused for another reason: ${refusal}`);
  return refusal.slice(0, 120);
});

/** What only a cluster can show. */
export const clusterSteps: Step[] = [staysReady, restartedCold, refusesStranger, reachesOurs, refusesBadPod];
