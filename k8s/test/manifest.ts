/** The parts of Kubernetes objects that the tests look at. */
export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values: string[] }[];
}

export interface Probe {
  httpGet?: { path: string; port: number | string };
  exec?: unknown;
  initialDelaySeconds?: number;
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold?: number;
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  restartPolicy?: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports?: { name: string; containerPort: number }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[]; add?: string[] };
    runAsUser?: number;
  };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

export interface PodSpec {
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  restartPolicy?: string;
  hostNetwork?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: {
    runAsNonRoot?: boolean;
    runAsUser?: number;
    runAsGroup?: number;
    fsGroup?: number;
    seccompProfile?: { type: string };
  };
  affinity?: {
    podAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { topologyKey: string; labelSelector: Selector }[];
    };
  };
  initContainers?: Container[];
  containers: Container[];
  volumes?: {
    name: string;
    emptyDir?: { sizeLimit?: string };
    configMap?: { name: string };
    persistentVolumeClaim?: { claimName: string };
  }[];
}

export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: PodSpec;
}

export interface JobSpec {
  backoffLimit?: number;
  podReplacementPolicy?: string;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
  template: PodTemplate;
}

export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string };
}

export interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number; protocol?: string }[];
}

export interface Specs {
  Deployment: {
    replicas: number;
    strategy: { type: string; rollingUpdate?: { maxSurge: number; maxUnavailable: number } };
    selector: Selector;
    template: PodTemplate;
  };
  Job: JobSpec;
  CronJob: {
    schedule: string;
    concurrencyPolicy: string;
    startingDeadlineSeconds: number;
    successfulJobsHistoryLimit: number;
    failedJobsHistoryLimit: number;
    jobTemplate: { spec: JobSpec };
  };
  Service: {
    type?: string;
    selector: Record<string, string>;
    ports: { name: string; port: number; targetPort: number | string }[];
  };
  NetworkPolicy: { podSelector: Selector; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
  PersistentVolumeClaim: { accessModes: string[]; storageClassName?: string };
  ConfigMap: undefined;
}

export type Kind = keyof Specs;

export interface Manifest<K extends Kind = Kind> {
  apiVersion: string;
  kind: K;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: Specs[K];
  data?: Record<string, string>;
}

/** All objects of a kind. */
export function kind<K extends Kind>(objects: Manifest[], wanted: K): Manifest<K>[] {
  return objects.filter((each): each is Manifest<K> => each.kind === wanted);
}

/** @throws {Error} when there is no such object */
export function find<K extends Kind>(objects: Manifest[], wanted: K, name: string): Manifest<K> {
  const found = kind(objects, wanted).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no ${wanted} "${name}" is rendered`);
  return found;
}

/** A pod as its workload makes it. */
export interface Pod extends PodTemplate {
  /** The workload's name. */
  name: string;
}

/** Every pod template, whatever makes pods of it. */
export const pods = (objects: Manifest[]): Pod[] =>
  [
    ...kind(objects, "Deployment").map(({ metadata, spec }) => ({ name: metadata.name, ...spec.template })),
    ...kind(objects, "Job").map(({ metadata, spec }) => ({ name: metadata.name, ...spec.template })),
    ...kind(objects, "CronJob").map(({ metadata, spec }) => ({
      name: metadata.name,
      ...spec.jobTemplate.spec.template,
    })),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));

/** @throws {Error} when no workload of this name is rendered */
export function pod(objects: Manifest[], name: string): Pod {
  const found = pods(objects).find((each) => each.name === name);
  if (!found) throw new Error(`no pod of "${name}" is rendered`);
  return found;
}

export const containers = ({ spec }: PodTemplate): Container[] => [...(spec.initContainers ?? []), ...spec.containers];

/** @throws {Error} when the pod has no such container */
export function container(template: PodTemplate, name: string): Container {
  const found = containers(template).find((each) => each.name === name);
  if (!found) throw new Error(`no container "${name}" is rendered`);
  return found;
}

/** What a container's program finds in its environment; what comes from a Secret is shown as `secret-NAME/KEY`. */
export const environment = ({ env = [] }: Container): Record<string, string> =>
  Object.fromEntries(
    env.map(({ name, value, valueFrom }) => [
      name,
      valueFrom ? `secret-${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}` : (value ?? ""),
    ]),
  );
