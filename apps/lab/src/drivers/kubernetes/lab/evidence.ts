import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dumpYaml, type V1Pod } from "@kubernetes/client-node";
import { apiLine, type Cluster } from "../cluster/connect.ts";
import { listOurs } from "../cluster/objects.ts";
import { readLog } from "../reach/logs.ts";

async function keepLogs(cluster: Cluster, { metadata, spec, status }: V1Pod, folder: string): Promise<void> {
  const pod = metadata?.name ?? "";
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const { name: container } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    await writeFile(join(folder, `${pod}.${container}.log`), await readLog(cluster, pod, { container }).catch(apiLine));
    if (!statuses.find(({ name }) => name === container)?.restartCount) continue;
    const previous = await readLog(cluster, pod, { container, previous: true }).catch(apiLine);
    await writeFile(join(folder, `${pod}.${container}.previous.log`), previous);
  }
}

/**
 * Writes the lab's objects, events, logs and previous logs of a namespace. Secrets are left out.
 *
 * @param folder an existing folder, which is not emptied
 */
export async function keepEvidence(cluster: Cluster, folder: string): Promise<void> {
  const { core, namespace } = cluster;
  const objects = (await listOurs(cluster)).filter(({ kind }) => kind !== "Secret");
  for (const object of objects) if (object.metadata) delete object.metadata.managedFields;
  await writeFile(join(folder, "objects.yaml"), objects.map((object) => `---\n${dumpYaml(object)}`).join(""));
  const events = await core.listNamespacedEvent({ namespace });
  const line = ({ lastTimestamp, eventTime, type, reason, involvedObject, message }: (typeof events.items)[number]) =>
    `${new Date(lastTimestamp ?? eventTime ?? 0).toISOString()} ${type} ${reason} ${involvedObject.kind}/${involvedObject.name}: ${message}`;
  await writeFile(join(folder, "events.txt"), `${events.items.map(line).sort().join("\n")}\n`);
  for (const object of objects) if (object.kind === "Pod") await keepLogs(cluster, object as V1Pod, folder);
}
