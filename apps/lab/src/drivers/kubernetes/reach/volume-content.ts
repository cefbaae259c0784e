import { randomBytes } from "node:crypto";
import type { KubernetesObject, V1Container, V1CronJob, V1Pod } from "@kubernetes/client-node";
import { until } from "../../../until.ts";
import { apiLine, type Cluster, isNotFound } from "../cluster/connect.ts";
import { ours } from "../cluster/kinds.ts";
import { exporter } from "../lab/cronjob.ts";
import { scriptContainer } from "./ephemeral-container.ts";
import { readLog } from "./logs.ts";

const seconds = 60;
/** The owners of files in a lab's volumes: the users of Flipt's and of Node's image. Each removes its own files. */
const users = [100, 1000];

/** Empties the folders if EMPTY is set, as far as its user may, and prints what they hold afterwards. */
const script = `
import { readdirSync, rmSync } from "node:fs";
const left = {};
for (const claim of readdirSync("/claims")) {
  const folder = "/claims/" + claim;
  if (process.env.EMPTY) for (const name of readdirSync(folder)) try { rmSync(folder + "/" + name, { recursive: true }); } catch {}
  left[claim] = readdirSync(folder).filter((name) => name !== "lost+found");
}
console.log(JSON.stringify(left));
`;

/** Returns the exporter's image, which contains Node.js, from existing or rendered objects. */
export const imageOf = (objects: KubernetesObject[]): string | undefined => {
  const cronJob: V1CronJob | undefined = objects.find(
    ({ kind, metadata }) => kind === "CronJob" && metadata?.name === exporter,
  );
  return cronJob?.spec?.jobTemplate.spec?.template.spec?.containers[0]?.image;
};

function caretaker(name: string, image: string, claims: string[], empty: boolean): V1Pod {
  const container = (user: number): V1Container => {
    const plain = scriptContainer(`user-${user}`, image, script, empty ? { EMPTY: "true" } : {});
    return {
      ...plain,
      securityContext: { ...plain.securityContext, runAsUser: user, runAsGroup: 1000 },
      volumeMounts: claims.map((claim) => ({ name: claim, mountPath: `/claims/${claim}` })),
      resources: { limits: { cpu: "500m", memory: "128Mi" }, requests: { cpu: "10m", memory: "32Mi" } },
    };
  };
  const [last = 0, ...before] = [...users].reverse();
  return {
    metadata: { name, labels: { [ours.name]: ours.value } },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      initContainers: before.map(container),
      containers: [container(last)],
      volumes: claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: claim } })),
    },
  };
}

/**
 * Lists the folders of claims through a pod that mounts them. Nothing else may write to them meanwhile.
 *
 * @param empty whether to remove their content first
 * @returns the file names in each folder, by claim
 * @throws {Error} when the pod cannot run or does not end in time
 */
export async function lookInto(
  cluster: Cluster,
  claims: string[],
  image: string,
  empty: boolean,
  signal: AbortSignal,
): Promise<Record<string, string[]>> {
  const { core, namespace } = cluster;
  const name = `flipt-volumes-${randomBytes(3).toString("hex")}`;
  try {
    await core.createNamespacedPod({ namespace, body: caretaker(name, image, claims, empty) });
    return await until<Record<string, string[]>>(
      `the end of pod "${name}"`,
      { seconds, everyMs: 300, signal },
      async () => {
        const { status, spec } = await core.readNamespacedPod({ name, namespace });
        const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
        const waiting = states.flatMap(({ state }) => state?.waiting?.reason ?? []);
        if (status?.phase === "Failed" || waiting.some((reason) => /^(ErrImage|InvalidImage)/.test(reason)))
          throw new Error(`pod "${name}" of image "${image}" cannot run: ${waiting.join(", ") || status?.reason}`);
        if (status?.phase !== "Succeeded") return { seen: `it is ${status?.phase} ${waiting.join(", ")}`.trim() };
        return { value: JSON.parse(await readLog(cluster, name, { container: spec?.containers[0]?.name ?? "" })) };
      },
    );
  } finally {
    await core.deleteNamespacedPod({ name, namespace }).catch((error) => {
      if (!isNotFound(error)) throw new Error(apiLine(error));
    });
  }
}
