import type { Minikube } from "./minikube.ts";

const seconds = 180;

/**
 * Waits until Calico enforces NetworkPolicies. `minikube start` does not wait for it.
 *
 * @param kubernetes the node's Kubernetes version, which is in the path of the node's kubectl
 * @returns a remark for people; empty when Calico is ready
 * @throws {Fault} when it is not ready in time
 */
export async function waitForNetwork(
  minikube: Minikube,
  kubernetes: string,
  news: (line: string) => void,
): Promise<string> {
  const kubectl = (...words: string[]): Promise<string> =>
    minikube.ssh(
      "sudo",
      `/var/lib/minikube/binaries/${kubernetes}/kubectl`,
      "--kubeconfig=/var/lib/minikube/kubeconfig",
      "--namespace=kube-system",
      ...words,
    );
  const found = await kubectl("get", "daemonset", "calico-node", "--ignore-not-found", "--output=name");
  if (found.trim() === "") return "; it has no Calico: whether NetworkPolicies are enforced, verify tells";
  news("waiting for Calico");
  await kubectl("rollout", "status", "daemonset/calico-node", `--timeout=${seconds}s`);
  return "";
}
