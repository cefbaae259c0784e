import { existsSync } from "node:fs";
import { Agent } from "node:https";
import {
  ApiException,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  KubernetesObjectApi,
  type RequestContext,
  ServerConfiguration,
  VersionApi,
  type VersionInfo,
} from "@kubernetes/client-node";
import { Fault, oneLine } from "../../../fault.ts";
import { lookHint } from "../../../hints.ts";
import type { Location } from "../../driver.ts";
import { kubeconfigFiles, mergeKubeconfigs, minify, toClient } from "./kubeconfig.ts";

const answerSeconds = 10;

/** A namespace of one cluster, and the API clients for it. */
export interface Cluster {
  config: KubeConfig;
  context: string;
  server: string;
  /** As the server reports it: `v1.34.4`. */
  version: string;
  namespace: string;
  /** The command-line options that find this namespace again, for hints. */
  options: string;
  /** Both as in {@link Location}. */
  dagger: string | undefined;
  passing: boolean;
  objects: KubernetesObjectApi;
  core: CoreV1Api;
  apps: AppsV1Api;
  batch: BatchV1Api;
}

/** The HTTP status of the API server's refusal; undefined for any other error. */
export const status = (error: unknown): number | undefined => (error instanceof ApiException ? error.code : undefined);

export const isNotFound = (error: unknown): boolean => status(error) === 404;

/** Formats an error as one line. The client's own message holds the whole response with its headers. */
export function apiLine(error: unknown): string {
  if (!(error instanceof ApiException)) return oneLine(error);
  const body: unknown = error.body;
  try {
    const parsed: unknown = typeof body === "string" ? JSON.parse(body) : body;
    if (parsed && typeof parsed === "object" && "message" in parsed) return `${oneLine(parsed)} (${error.code})`;
  } catch {
    // not JSON: the status code says enough
  }
  return `the API server answered ${error.code}`;
}

/** Reads a server's version. Without a timeout, the client waits forever for a server that accepts a connection and is silent. */
function readVersion(config: KubeConfig, server: string): Promise<VersionInfo> {
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        async pre(request) {
          request.setSignal(AbortSignal.timeout(answerSeconds * 1000));
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
  return new VersionApi(configuration).getCode().catch((error) => {
    if (error?.name === "AbortError") throw new Error(`no answer within ${answerSeconds} s`);
    throw error;
  });
}

/** Idle connections are closed after this time, before a load balancer on the way drops them. */
const idleMs = 15_000;

/** Reuses connections. The client itself opens one for each request, with a TLS handshake each time. */
class SharedConnections extends KubeConfig {
  private shared: Agent | undefined;

  override async applySecurityAuthentication(request: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(request);
    const agent = request.getAgent();
    // A proxy's agent is of another class and stays as it is.
    if (!(agent instanceof Agent) || agent.constructor !== Agent) return;
    this.shared ??= new Agent({ ...agent.options, keepAlive: true, timeout: idleMs });
    request.setAgent(this.shared);
  }
}

const quoted = (names: string[]): string => names.map((each) => `"${each}"`).join(", ");

/** Where a pod finds the token of its service account. */
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Loads the kubeconfig of one context. In a pod without a current context, it uses the pod's service account.
 *
 * @throws {Fault} when the context does not exist, or no kubeconfig names a cluster
 */
function load({ kubeconfig, context }: Pick<Location, "kubeconfig" | "context">, env: NodeJS.ProcessEnv): KubeConfig {
  const config = new SharedConnections();
  const all = mergeKubeconfigs(kubeconfig, env);
  const current = context ?? all["current-context"];
  const known = all.contexts.map(({ name }) => name);
  const where = quoted(kubeconfig ? [kubeconfig] : kubeconfigFiles(env));
  if (current && !known.includes(current))
    throw new Fault(
      context ? 3 : 2,
      `the kubeconfig has no context "${current}"; it has ${quoted(known) || "none"} (read: ${where})`,
    );
  if (!current && env.KUBERNETES_SERVICE_HOST && existsSync(serviceAccount)) config.loadFromCluster();
  else if (!current)
    throw new Fault(
      2,
      known.length > 0
        ? `no current context in ${where}; choose one with --context: ${quoted(known)}`
        : `no kubeconfig names a cluster (looked for: ${where}); give one with --kubeconfig, or start one with: minikube start`,
    );
  else config.loadFromString(JSON.stringify(toClient(minify(all, current), env)), { onInvalidEntry: "filter" });
  return config;
}

/**
 * Connects to a cluster.
 *
 * @param env the source of KUBECONFIG, HOME and the proxy variables, which are read like kubectl does
 * @throws {Fault} when the kubeconfig cannot be read or the server does not answer
 */
export async function connect(place: Omit<Location, "profile">, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const config = load(place, env);
  const context = config.getCurrentContext();
  const server = config.getCurrentCluster()?.server;
  if (!server)
    throw new Fault(2, `context "${context}" names a cluster that the kubeconfig does not have, or that has no server`);
  const named = { context, namespace: place.namespace, dagger: place.dagger, passing: place.passing ?? false };
  const { gitVersion } = await readVersion(config, server).catch((error) => {
    throw new Fault(
      2,
      `the cluster of context "${context}" at "${server}" does not answer: ${apiLine(error)}${lookHint("cluster-info", named)}`,
    );
  });
  return {
    config,
    ...named,
    server,
    version: gitVersion,
    options: place.options ?? `--on kubernetes --context ${context} --namespace ${place.namespace}`,
    objects: KubernetesObjectApi.makeApiClient(config),
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
  };
}
