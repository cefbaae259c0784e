import { ApisApi, CoreV1Api, CustomObjectsApi, type KubernetesObject } from "@kubernetes/client-node";
import { label } from "../apply/plan.ts";
import { apiLine, type Cluster } from "./connect.ts";
import type { Kind } from "./kinds.ts";

/** Objects that every namespace has, and kinds that only describe other objects. Nobody would miss them. */
const incidental = new Set([
  'ConfigMap "kube-root-ca.crt"',
  'ServiceAccount "default"',
  ...["Event", "Endpoints", "EndpointSlice", "Lease", "PodMetrics"],
]);

/** Lists all namespaced kinds that can be listed, in the server's preferred version. */
async function listKinds({ config }: Cluster): Promise<Kind[]> {
  const core = await config.makeApiClient(CoreV1Api).getAPIResources();
  const { groups } = await config.makeApiClient(ApisApi).getAPIVersions();
  const custom = config.makeApiClient(CustomObjectsApi);
  const others = await Promise.all(
    groups.map(async ({ name: group, preferredVersion, versions }) => {
      const version = (preferredVersion ?? versions[0])?.version ?? "";
      const { resources } = await custom.getAPIResources({ group, version });
      return { apiVersion: `${group}/${version}`, resources };
    }),
  );
  return [{ apiVersion: "v1", resources: core.resources }, ...others].flatMap(({ apiVersion, resources }) =>
    resources
      .filter(({ name, namespaced, verbs }) => namespaced && verbs.includes("list") && !name.includes("/"))
      .map(({ kind }) => ({ apiVersion, kind })),
  );
}

/** Selects the objects that somebody would miss, as `KIND "NAME"`; pure. */
export const otherObjects = (objects: KubernetesObject[]): string[] =>
  objects
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined && !metadata?.ownerReferences?.length)
    .filter((object) => !incidental.has(object.kind ?? "") && !incidental.has(label(object)))
    .map(label);

/** Lists the other objects that would be removed with a namespace. A kind that cannot be listed counts as present. */
export async function listOtherObjects(cluster: Cluster): Promise<string[]> {
  const { objects, namespace } = cluster;
  const kinds = await listKinds(cluster);
  const lists = await Promise.all(
    kinds.map(({ apiVersion, kind }) =>
      objects.list(apiVersion, kind, namespace).then(
        ({ items }) => otherObjects(items.map((item) => ({ ...item, apiVersion, kind }))),
        (error) => [`${kind}s that cannot be listed: ${apiLine(error)}`],
      ),
    ),
  );
  return [...new Set(lists.flat())];
}
