import { Fault } from "../../../fault.ts";
import type { Location } from "../../driver.ts";
import { type Cluster, connect } from "./connect.ts";
import { ours } from "./kinds.ts";
import { readNamespace } from "./namespace.ts";

const oldest = { major: 1, minor: 29 };

/** Contexts of local clusters, which are disposable. */
const throwaway = /^(minikube|kind-.+|k3d-.+|docker-desktop)$/;

/** Returns why a server is too old, else undefined. Native sidecars are enabled by default since Kubernetes 1.29. */
export function tooOld(version: string): string | undefined {
  const [, major, minor] = version.match(/^v?(\d+)\.(\d+)/) ?? [];
  if (Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor))
    return undefined;
  return `Kubernetes ${version} is too old: native sidecar containers need ${oldest.major}.${oldest.minor} or newer`;
}

/** Whether the lab may change a cluster: the user named it, it is disposable, or its namespace bears the lab's label. */
export function mayChange(
  context: string,
  named: boolean,
  namespaceLabels: Record<string, string> | undefined,
): boolean {
  return named || throwaway.test(context) || namespaceLabels?.[ours.name] === ours.value;
}

/** Describes the cluster that a command is about to change. */
export const describe = ({ context, server, version, namespace }: Cluster): string =>
  `cluster: context "${context}" at ${server}, Kubernetes ${version}, namespace "${namespace}"`;

/**
 * Connects to the cluster that a command is about to change.
 *
 * @throws {Fault} when the cluster is too old, or the lab may not change it
 */
export async function admit(place: Location, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const cluster = await connect(place, env);
  const { context, server, version, namespace } = cluster;
  const old = tooOld(version);
  if (old) throw new Fault(2, `${old}; the cluster of context "${context}" at "${server}" was not touched`);
  const labels = (await readNamespace(cluster))?.metadata?.labels;
  if (!mayChange(context, place.context !== undefined, labels))
    throw new Fault(
      3,
      `context "${context}" at "${server}" is none of minikube, kind-*, k3d-*, docker-desktop, and namespace "${namespace}" does not bear our label; say that you mean it with: --context ${context}`,
    );
  return cluster;
}
