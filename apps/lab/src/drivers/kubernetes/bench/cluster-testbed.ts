import type { Testbed } from "../../../bench/testbed.ts";
import type { Usage } from "../../../bench/usage.ts";
import type { Endpoint } from "../../../flipt.ts";
import type { Runtime, Settings } from "../../driver.ts";
import type { Cluster } from "../cluster/connect.ts";
import { ours } from "../cluster/kinds.ts";
import { describeMachine } from "../cluster/nodes.ts";
import type { KubernetesLab } from "../lab/kubernetes-lab.ts";
import { openThrowaway } from "../lab/session.ts";
import { execute } from "../reach/exec.ts";
import { readSummary } from "./kubelet-stats.ts";
import { generate, serveEmpty } from "./pod-load.ts";

const master = "flipt-master";
/** Reads the file from standard input by its size: a command in a container never sees the end of its input. */
const script = 'head -c "$1" > /tmp/import.yml && shift && exec "$@" /tmp/import.yml';

/** The options that pass a master's token to `flipt import`. */
function tokenOptions(endpoint: Endpoint): string[] {
  const { authorization } = typeof endpoint === "string" ? {} : (endpoint.headers as { authorization?: string });
  return authorization ? ["--token", authorization.replace("Bearer ", "")] : [];
}

/** Imports a document into the running master with `flipt import` in its container. */
async function importDocument({ cluster, addresses }: KubernetesLab, document: string): Promise<void> {
  const { core, namespace } = cluster;
  const labelSelector = `${ours.name}=${ours.value},app.kubernetes.io/name=${master}`;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const pod = items[0]?.metadata?.name ?? "";
  const command = ["/flipt", "import", "--address", "http://127.0.0.1:8080", ...tokenOptions(addresses.master)];
  const words = ["sh", "-c", script, "sh", `${Buffer.byteLength(document)}`, ...command];
  const { code, out, err } = await execute(cluster, { pod, container: master }, words, document);
  if (code !== 0) throw new Error(`flipt-master refused an import: ${`${out}${err}`.trim().split("\n").at(-1)}`);
}

/** The measured parts of a lab, by container name. Only the store's container has another name. */
const parts: Record<string, string> = {
  "flipt-master": "flipt-master",
  "flipt-sidecar": "flipt-sidecar",
  "evaluation-client": "evaluation-client",
  "flipt-exporter": "flipt-exporter",
  minio: "store",
};

async function readUsages(cluster: Cluster): Promise<Usage[]> {
  const { usages } = await readSummary(cluster);
  return usages.flatMap(({ pod, container, memory, cpu, time }) => {
    const part = parts[container];
    // The kubelet still lists an ended container for a while, with old values.
    return part && pod.status?.phase === "Running" ? [{ part, memory, cpu, at: Date.parse(time) }] : [];
  });
}

/** Starts a throwaway lab in its own namespace, and the empty server in the application's pod. */
export async function openTestbed(settings: Settings, surroundings: Runtime): Promise<Testbed> {
  const { signal } = surroundings;
  const began = performance.now();
  const { lab, close } = await openThrowaway(settings, surroundings);
  const upSeconds = (performance.now() - began) / 1000;
  const { cluster, addresses } = lab;
  try {
    const [empty, machine] = await Promise.all([serveEmpty(cluster, signal), describeMachine(cluster)]);
    const at = "http://flipt-master:8080";
    return {
      lab,
      upSeconds,
      machine,
      servers: {
        sidecar: "http://127.0.0.1:8080",
        master: typeof addresses.master === "string" ? at : { ...addresses.master, url: at },
        empty,
      },
      generate: (plan) => generate(cluster, plan, signal),
      import: (document) => importDocument(lab, document),
      usage: () => readUsages(cluster),
      usageEveryMs: 2000,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
