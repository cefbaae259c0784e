import { Fault } from "../../../fault.ts";
import type { Location } from "../../driver.ts";
import { type Cluster, connect } from "./connect.ts";
import { ours } from "./kinds.ts";
import { readNamespace } from "./namespace.ts";

const oldest = { major: 1, minor: 29 };

/** Contexts of clusters that are made to be thrown away. */
const throwaway = /^(minikube|kind-.+|k3d-.+|docker-desktop)$/;

/** Why a server is too old; undefined when it is not. Native sidecars are on by default since 1.29. */
export function tooOld(version: string): string | undefined {
  const [, major, minor] = version.match(/^v?(\d+)\.(\d+)/) ?? [];
  if (Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor))
    return undefined;
  return `Kubernetes ${version} is too old: native sidecar containers need ${oldest.major}.${oldest.minor} or newer`;
}

/** Whether a cluster may be changed without being named. */
export function mayChange(
  context: string,
  named: boolean,
  namespaceLabels: Record<string, string> | undefined,
): boolean {
  return named || throwaway.test(context) || namespaceLabels?.[ours.name] === ours.value;
}

/** Which cluster a command is about to change, for people. */
export const describe = ({ context, server, version, namespace }: Cluster): string =>
  `cluster: context "${context}" at ${server}, Kubernetes ${version}, namespace "${namespace}"`;

/**
 * Reaches the cluster that a command is about to change.
 *
 * @throws {Fault} when it is too old, or is not one that may be changed without being named
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
