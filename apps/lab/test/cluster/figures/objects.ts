import { createHash } from "node:crypto";
import type { KubernetesObject } from "@kubernetes/client-node";
import { label } from "../../../src/drivers/kubernetes/apply/plan.ts";
import type { Cluster } from "../../../src/drivers/kubernetes/cluster/connect.ts";
import { listOurs } from "../../../src/drivers/kubernetes/cluster/objects.ts";

/** What tells one state of an object from another one. */
export interface Print {
  uid: string | undefined;
  generation: number | undefined;
  /** Of what people write into it: data, spec and labels. */
  hash: string;
}

export type Prints = Map<string, Print>;

/** Whether the schedule makes and removes it. */
const isScheduled = ({ kind, metadata }: KubernetesObject): boolean =>
  metadata?.ownerReferences?.some((owner) => owner.kind === "CronJob" || (kind === "Pod" && owner.kind === "Job")) ===
  true;

function print(object: KubernetesObject): Print {
  const { spec, data, metadata } = object as KubernetesObject & { spec?: unknown; data?: unknown };
  const content = JSON.stringify([data, spec, metadata?.labels]);
  return {
    uid: metadata?.uid,
    generation: metadata?.generation,
    hash: createHash("sha256").update(content).digest("hex"),
  };
}

/** All objects of ours, pods of Deployments too; but not what comes and goes by the schedule. */
export async function takePrints(cluster: Cluster): Promise<Prints> {
  const objects = (await listOurs(cluster)).filter((object) => !isScheduled(object));
  return new Map(objects.map((object) => [label(object), print(object)]));
}

interface Differences {
  created: number;
  deleted: number;
  /** By `metadata.generation`, of the kinds that have one. */
  generations: number;
  /** By content, of those that have none. */
  contents: number;
}

export function compare(before: Prints, after: Prints): Differences {
  const kept = [...before].flatMap(([name, old]) => {
    const now = after.get(name);
    return now && now.uid === old.uid ? [{ old, now }] : [];
  });
  return {
    created: after.size - kept.length,
    deleted: before.size - kept.length,
    generations: kept.filter(({ old, now }) => old.generation !== now.generation).length,
    contents: kept.filter(({ old, now }) => now.generation === undefined && old.hash !== now.hash).length,
  };
}

/** The volumes that claims of the namespace have. */
export async function countVolumes({ core, namespace }: Cluster): Promise<number> {
  const { items } = await core.listPersistentVolume();
  return items.filter(({ spec }) => spec?.claimRef?.namespace === namespace).length;
}
