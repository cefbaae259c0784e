import type { Cluster } from "../../../src/drivers/kubernetes/cluster/connect.ts";
import { KubernetesLab } from "../../../src/drivers/kubernetes/lab/kubernetes-lab.ts";
import { attach, findApplication, nodeImage } from "../../../src/drivers/kubernetes/reach/ephemeral-container.ts";
import { until } from "../../../src/until.ts";
import { type Counted, evaluation, flagKey, type Load, loadContainer, readCounts } from "../load.ts";

const name = "load";
const connections = 16;
const seconds = 45;
/** An image's start and the end of what was asked last come on top. */
const waitSeconds = seconds + 60;

export const generator = `node:http in an ephemeral container of the application's pod, ${seconds} s, ${connections} connections to flipt-sidecar, 4 to evaluation-client's page, metrics and API, exports one after the other`;

const application = "http://localhost:8000";
const load: Load = {
  seconds,
  targets: [
    evaluation(connections),
    {
      url: `${application}/api/evaluate`,
      body: { backend: "both", namespaceKey: "default", flagKey, entityId: "load", context: {} },
      expect: '"answers":',
      connections: 2,
    },
    { url: `${application}/`, expect: "<html", connections: 1 },
    { url: `${application}/metrics`, expect: "evaluation_client_ready 1", connections: 1 },
  ],
};

/** Puts the load into the application's pod. */
async function startLoad(cluster: Cluster): Promise<string> {
  const [pod, image] = await Promise.all([findApplication(cluster), nodeImage(cluster)]);
  await attach(cluster, pod, loadContainer(name, image, load));
  return pod;
}

/** Exports until a signal; how many runs there were. */
async function exportAgain(cluster: Cluster, signal: AbortSignal): Promise<number> {
  const lab = await KubernetesLab.open(cluster, new AbortController().signal);
  let runs = 0;
  try {
    while (!signal.aborted) {
      const { exit, line } = await lab.export();
      if (exit !== 0) throw new Error(`an export under load ended with exit code ${exit}: ${line}`);
      runs += 1;
    }
    return runs;
  } finally {
    await lab.close();
  }
}

/** What was asked under load, and the exports beside it. */
export interface Pressed {
  counted: Counted;
  exports: number;
}

/**
 * Puts a running lab under load for its time.
 *
 * @throws {Error} when the load did not run, or an export failed
 */
export async function press(cluster: Cluster): Promise<Pressed> {
  const { core, namespace } = cluster;
  const over = new AbortController();
  const exporting = exportAgain(cluster, over.signal);
  const pressing = startLoad(cluster).then((pod) =>
    until<Counted>("the end of the load", { seconds: waitSeconds, everyMs: 1000 }, async () => {
      const { status } = await core.readNamespacedPod({ name: pod, namespace });
      const counted = readCounts(status?.ephemeralContainerStatuses, name);
      const state = status?.ephemeralContainerStatuses?.[0]?.state;
      if (state?.terminated && !counted) throw new Error(`the load ended with exit code ${state.terminated.exitCode}`);
      return counted ? { value: counted } : { seen: JSON.stringify(state) };
    }),
  );
  const [counted, exports] = await Promise.all([pressing.finally(() => over.abort()), exporting]);
  return { counted, exports };
}
