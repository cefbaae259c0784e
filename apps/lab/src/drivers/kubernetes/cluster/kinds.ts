/** The label of all objects of the lab. Every selector of this driver for them includes it. */
export const ours = { name: "app.kubernetes.io/part-of", value: "flipt-sidecar-lab" } as const;
export const selector = `${ours.name}=${ours.value}`;
export const fieldManager = "flipt-sidecar-lab";

export interface Kind {
  apiVersion: string;
  kind: string;
}

/** The kinds that a lab may consist of, in the order of applying. */
export const kinds: Kind[] = [
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: "v1", kind: "Secret" },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  { apiVersion: "v1", kind: "Service" },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "batch/v1", kind: "Job" },
  { apiVersion: "batch/v1", kind: "CronJob" },
  { apiVersion: "v1", kind: "Pod" },
];
