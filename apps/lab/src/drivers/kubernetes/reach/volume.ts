import type { V1Pod } from "@kubernetes/client-node";
import { fileRevision } from "flipt-document/revision";
import type { Publication } from "../../../lab.ts";
import { until } from "../../../until.ts";
import { key } from "../../bucket.ts";
import type { Cluster } from "../cluster/connect.ts";
import { execute } from "./exec.ts";

const sidecar = "flipt-sidecar";
/** The path comes from the container's own environment. The file follows a line with its modification time and size. */
const script = 'cd "$FLIPT_STORAGE_LOCAL_PATH" && [ -e "$1" ] || exit 4; stat -c "%Y %s" "$1" && cat "$1"';
const absent = 4;

/** Whether a pod's sidecar runs. */
function isUsable({ metadata, status }: V1Pod): boolean {
  const container = status?.initContainerStatuses?.find(({ name }) => name === sidecar);
  return !metadata?.deletionTimestamp && container?.state?.running !== undefined;
}

/**
 * Reads the published file from the sidecar's volume. Returns undefined when there is none.
 *
 * @throws {Error} when no sidecar runs
 */
export async function readVolume(cluster: Cluster, labelSelector: string): Promise<Publication | undefined> {
  const { core, namespace } = cluster;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const pod = items.find(isUsable)?.metadata?.name;
  if (!pod) throw new Error("no flipt-sidecar runs through which the volume could be read");
  return until<Publication | undefined>("a whole file", { seconds: 5 }, async () => {
    const { code, out, err } = await execute(cluster, { pod, container: sidecar }, ["sh", "-c", script, "sh", key]);
    if (code === absent) return { value: undefined };
    if (code !== 0) throw new Error(`reading "${key}" in pod "${pod}" failed with exit code ${code}: ${err}`);
    const end = out.indexOf("\n");
    const [seconds = 0, size = 0] = out.subarray(0, end).toString().split(" ").map(Number);
    const bytes = out.subarray(end + 1);
    const modified = seconds * 1000;
    // The exporter may replace the file between `stat` and `cat`.
    if (bytes.length !== size) return { seen: `${bytes.length} bytes of ${size}` };
    return { value: { bytes, modified, revision: fileRevision(modified, size) } };
  });
}
