import { ask } from "../../../flipt.ts";
import { NotProvable } from "../../../steps/run.ts";
import { apiLine, status } from "../cluster/connect.ts";
import { readNamespace } from "../cluster/namespace.ts";
import { connectFromProbePod, enforcesPolicies } from "../reach/probe-pod.ts";
import { clusterLab, step } from "./step.ts";

const enforce = "pod-security.kubernetes.io/enforce";

export const refusesStranger = step("a pod that is not ours reaches none of our ports", 150, async (proof) => {
  const { cluster, addresses } = clusterLab(proof);
  const targets = [
    "flipt-master:8080",
    "sample-app:8080",
    "sample-app:8000",
    ...(addresses.store ? ["minio:9000"] : []),
  ];
  const control = "kubernetes.default.svc:443";
  const { [control]: reachable, ...seen } = await connectFromProbePod(cluster, [...targets, control], proof.signal);
  if (reachable !== "connected")
    throw new NotProvable(`a foreign pod reaches nothing here at all: ${control} ${reachable}`);
  const unknown = targets.filter((target) => /ENOTFOUND|EAI_AGAIN/.test(seen[target] ?? "ENOTFOUND"));
  if (unknown.length > 0) throw new Error(`the foreign pod could not even resolve ${unknown.join(", ")}`);
  const open = targets.filter((target) => seen[target] === "connected");
  const [first] = open;
  if (first === undefined) return `refused at ${targets.join(", ")}; ${control} answers it`;
  // Not tested with the control address: some network plugins exempt traffic to the node itself.
  if (!(await enforcesPolicies(cluster, first, proof.signal)))
    throw new NotProvable("this cluster enforces no NetworkPolicies; minikube does with: --cni calico");
  throw new Error(`a foreign pod could connect to ${open.join(", ")}`);
});

export const reachesOurs = step("the pods that have to reach each other do", 60, async (proof) => {
  const { application } = proof.lab.addresses;
  const reply = await ask(application, "/ready");
  if (reply.status !== 200) throw new Error(`sample-app does not reach its sidecar: ${reply.status}`);
  const { line } = await proof.publish();
  return line;
});

export const refusesBadPod = step("Pod Security refuses a pod that is not restricted", 30, async (proof) => {
  const { cluster } = clusterLab(proof);
  const level = (await readNamespace(cluster))?.metadata?.labels?.[enforce];
  if (level !== "restricted")
    throw new NotProvable(
      `namespace "${cluster.namespace}" does not enforce it; ours run under it: kubectl label namespace ${cluster.namespace} ${enforce}=restricted`,
    );
  const { core, namespace } = cluster;
  const body = {
    metadata: { name: proof.id },
    spec: { containers: [{ name: "bad", image: "none", securityContext: { privileged: true } }] },
  };
  const refusal = await core.createNamespacedPod({ namespace, body, dryRun: "All" }).then(
    () => undefined,
    (error) => (status(error) === 403 ? apiLine(error) : Promise.reject(error)),
  );
  if (!refusal) throw new Error("a privileged pod was admitted");
  // A user who may not create pods at all gets the same status code.
  if (!refusal.includes("PodSecurity")) throw new NotProvable(`it was refused for another reason: ${refusal}`);
  return refusal.slice(0, 120);
});
