import { randomBytes } from "node:crypto";
import { NetworkingV1Api, type V1Pod } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { apiLine, type Cluster } from "../cluster/connect.ts";
import { nodeImage } from "./ephemeral-container.ts";
import { readLog } from "./logs.ts";

/** The label of a probe pod. It lacks the lab's label, since it stands for a pod outside the lab. */
const mark = { name: "flipt-sidecar-lab/verification", value: "stranger" } as const;
const seconds = 60;
/** A network plugin needs a moment to apply policies to a new pod. */
const noticeMs = 10_000;

/** After a delay in milliseconds, connects to each given `host:port` and prints the outcomes as JSON. */
const script = `
const { connect } = require("node:net");
const attempt = (target) => new Promise((resolve) => {
  const [host, port] = target.split(":");
  const socket = connect({ host, port: Number(port), timeout: 3000 });
  const end = (seen) => { socket.destroy(); resolve([target, seen]); };
  socket.once("connect", () => end("connected")).once("timeout", () => end("no answer")).once("error", (e) => end(e.code));
});
const [delay, ...targets] = process.argv.slice(1);
setTimeout(async () => console.log(JSON.stringify(Object.fromEntries(await Promise.all(targets.map(attempt))))), delay);
`;

function stranger(name: string, image: string, targets: string[], delayMs: number): V1Pod {
  return {
    metadata: { name, labels: { [mark.name]: mark.value } },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "stranger",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["node", "-e", script, String(delayMs), ...targets],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
          resources: { limits: { cpu: "500m", memory: "128Mi" }, requests: { cpu: "10m", memory: "32Mi" } },
        },
      ],
    },
  };
}

/**
 * Runs a probe pod and returns which addresses it could connect to.
 *
 * @param targets `host:port`
 * @param delayMs how long the pod waits before it tries
 * @returns `connected`, `no answer`, or the system's error code, by target
 */
export async function connectFromProbePod(
  cluster: Cluster,
  targets: string[],
  signal: AbortSignal,
  delayMs = 0,
): Promise<Record<string, string>> {
  const { core, namespace } = cluster;
  const image = await nodeImage(cluster);
  const name = `verify-${randomBytes(3).toString("hex")}`;
  try {
    await core.createNamespacedPod({ namespace, body: stranger(name, image, targets, delayMs) });
    return await until<Record<string, string>>("the stranger's report", { seconds, everyMs: 500, signal }, async () => {
      const { status } = await core.readNamespacedPod({ name, namespace });
      if (status?.phase !== "Succeeded") return { seen: `pod "${name}" is ${status?.phase}` };
      return { value: JSON.parse(await readLog(cluster, name, { container: "stranger" })) };
    });
  } finally {
    await core.deleteNamespacedPod({ name, namespace }).catch((error) => {
      if (!/not found/.test(apiLine(error))) throw error;
    });
  }
}

/** Whether the cluster enforces NetworkPolicies at all. It tests a policy that denies the probe pod all egress. */
export async function enforcesPolicies(cluster: Cluster, target: string, signal: AbortSignal): Promise<boolean> {
  const { config, namespace } = cluster;
  const api = config.makeApiClient(NetworkingV1Api);
  const name = `verify-${randomBytes(3).toString("hex")}`;
  const spec = { podSelector: { matchLabels: { [mark.name]: mark.value } }, policyTypes: ["Egress"] };
  await api.createNamespacedNetworkPolicy({
    namespace,
    body: { metadata: { name, labels: { [mark.name]: mark.value } }, spec },
  });
  try {
    return (await connectFromProbePod(cluster, [target], signal, noticeMs))[target] !== "connected";
  } finally {
    await api.deleteNamespacedNetworkPolicy({ name, namespace });
  }
}

/** Removes the probe pods and policies that a killed verification has left. */
export async function sweepProbePods({ core, config, namespace }: Cluster): Promise<void> {
  const labelSelector = `${mark.name}=${mark.value}`;
  await core.deleteCollectionNamespacedPod({ namespace, labelSelector });
  await config.makeApiClient(NetworkingV1Api).deleteCollectionNamespacedNetworkPolicy({ namespace, labelSelector });
}
