import { PatchStrategy, setHeaderOptions, type V1Container, type V1ContainerStatus } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/connect.ts";
import { ours } from "../cluster/kinds.ts";
import { readCronJob } from "../lab/cronjob.ts";

/** Builds a container that runs a Node.js script and satisfies Pod Security "restricted". */
export const scriptContainer = (
  name: string,
  image: string,
  script: string,
  env: Record<string, string>,
): V1Container => ({
  name,
  image,
  imagePullPolicy: "IfNotPresent",
  command: ["node", "--input-type=module", "-e", script],
  env: Object.entries(env).map(([name, value]) => ({ name, value })),
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

/** Returns an image with Node.js that every lab has on its nodes: the exporter's. */
export async function nodeImage(cluster: Cluster): Promise<string> {
  return (await readCronJob(cluster)).spec?.jobTemplate.spec?.template.spec?.containers[0]?.image ?? "";
}

/** Finds the application's pod. */
export async function findApplication({ core, namespace }: Cluster): Promise<string> {
  const labelSelector = `${ours.name}=${ours.value},app.kubernetes.io/name=sample-app`;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const pod = items.find(({ metadata }) => !metadata?.deletionTimestamp)?.metadata?.name;
  if (!pod) throw new Error(`no pod of sample-app runs in namespace "${namespace}"`);
  return pod;
}

/** Adds an ephemeral container to a running pod. It has its own memory and changes no object that the lab applies. */
export async function attach({ core, namespace }: Cluster, pod: string, container: V1Container): Promise<void> {
  const body = { spec: { ephemeralContainers: [container] } };
  await core.patchNamespacedPodEphemeralcontainers(
    { name: pod, namespace, body },
    setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
  );
}

/** Reads the status of an ephemeral container. Returns undefined until the kubelet has seen it. */
export async function readAttached(
  { core, namespace }: Cluster,
  pod: string,
  name: string,
): Promise<V1ContainerStatus | undefined> {
  const { status } = await core.readNamespacedPod({ name: pod, namespace });
  return status?.ephemeralContainerStatuses?.find((each) => each.name === name);
}
