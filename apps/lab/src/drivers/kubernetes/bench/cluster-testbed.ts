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
/** Files come in by standard input, whose end a command in a container is not told of. */
const script = 'head -c "$1" > /tmp/import.yml && shift && exec "$@" /tmp/import.yml';

/** What `flipt import` is told of a master's token. */
function tokenOptions(endpoint: Endpoint): string[] {
  const { authorization } = typeof endpoint === "string" ? {} : (endpoint.headers as { authorization?: string });
  return authorization ? ["--token", authorization.replace("Bearer ", "")] : [];
}

/** Brings a document into the running master, by Flipt's own import in its container. */
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

/** The parts of a lab that are measured, by the name of their container; the store's is called otherwise. */
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
    // What has ended is measured no more, and told of for a while.
    return part && pod.status?.phase === "Running" ? [{ part, memory, cpu, at: Date.parse(time) }] : [];
  });
}

/** A lab in a namespace of its own, and in its application's pod the empty server. */
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
