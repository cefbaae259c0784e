import type { KubernetesObject, V1ConfigMap, V1Job } from "@kubernetes/client-node";
import { countFlags, parseStream } from "flipt-document";
import { Fault } from "../../../fault.ts";
import { withToken } from "../../../flipt.ts";
import { plantSeed, type Seed } from "../../../seed.ts";
import type { Cluster } from "../cluster/connect.ts";
import { readToken } from "../lab/token.ts";
import { Forward } from "../reach/port-forward.ts";
import type { Manifest } from "./manifests.ts";

const name = "flipt-seed";
const file = "features.yml";
/** A ConfigMap holds 1 MiB, keys included. A larger seed is imported by the lab, after the Job has run without effect. */
const mostBytes = 1_000_000;
const tooLarge = "# larger than a ConfigMap: the lab imports it over a port-forward\n";

/** How the seed changes what is applied. */
export interface Planted {
  manifests: Manifest[];
  /** The seed that the lab has to import itself. */
  byHand: Seed | undefined;
  /** Whether a new master starts without any flag. */
  empty: boolean;
  /** Why the given document is not used; empty when it is. */
  unused: string;
}

const called = <T extends KubernetesObject>(objects: KubernetesObject[], kind: string): T | undefined =>
  objects.find((each): each is T => each.kind === kind && each.metadata?.name === name);

const hasNoFlag = (text: string): boolean =>
  [...countFlags(parseStream(text).documents).values()].every((n) => n === 0);

/**
 * Puts the seed into the ConfigMap that the Job `flipt-seed` reads. A master is seeded once: a completed Job keeps its document,
 * even an empty one.
 *
 * @throws {Fault} when the manifests lack that ConfigMap
 */
export function plant(manifests: Manifest[], existing: KubernetesObject[], seed: Seed | undefined): Planted {
  const job = called<V1Job>(existing, "Job");
  const known = called<V1ConfigMap>(existing, "ConfigMap")?.data?.[file];
  const done =
    known !== undefined &&
    job?.status?.conditions?.some(({ type, status }) => type === "Complete" && status === "True");
  const large = seed && Buffer.byteLength(seed.text) > mostBytes ? seed : undefined;
  const given = large ? tooLarge : seed?.text;
  const text = done ? known : given;
  if (seed && !called(manifests, "ConfigMap"))
    throw new Fault(
      3,
      `there is no ConfigMap "${name}" to put "${seed.file}" into; bring it in with: npm run -s lab -- import`,
    );
  const unused =
    done && seed && known !== given
      ? `; ${seed.file} is for a new master: bring it in with: npm run -s lab -- import`
      : "";
  return {
    manifests: manifests.map((each) =>
      text !== undefined && each.kind === "ConfigMap" && each.metadata.name === name
        ? { ...each, data: { [file]: text } }
        : each,
    ),
    empty: text !== undefined && text !== tooLarge && hasNoFlag(text),
    byHand: text === tooLarge ? large : undefined,
    unused,
  };
}

/** Imports a seed that is too large for a ConfigMap. */
export async function plantByHand(
  cluster: Cluster,
  seed: Seed,
  news: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const forward = await Forward.open(cluster, "flipt-master", 8080);
  try {
    const { apps, namespace } = cluster;
    const token = await readToken(cluster, await apps.readNamespacedDeployment({ name: "flipt-master", namespace }));
    await plantSeed(seed, token === undefined ? forward.url : withToken(forward.url, token), news, signal);
  } finally {
    forward.close();
  }
}
