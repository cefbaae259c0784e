import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { loadYaml } from "@kubernetes/client-node";
import { Fault, oneLine } from "../../../fault.ts";
import { proxyFor } from "./proxy.ts";

type Settings = Record<string, unknown>;
type Entry<Kind extends string> = { name: string } & { [kind in Kind]?: Settings };

/** The content of a kubeconfig. */
export interface Kubeconfig {
  "current-context": string;
  clusters: Entry<"cluster">[];
  users: Entry<"user">[];
  contexts: Entry<"context">[];
}

/** Lists the files that kubectl reads without `--kubeconfig`: those of KUBECONFIG, else `~/.kube/config`. */
export function kubeconfigFiles({ KUBECONFIG, HOME = "" }: NodeJS.ProcessEnv): string[] {
  if (!KUBECONFIG) return [join(HOME, ".kube", "config")];
  return [...new Set(KUBECONFIG.split(delimiter))].filter(Boolean);
}

/** Resolves relative paths against the kubeconfig's folder. A command without a slash is left to the PATH. */
function resolvePaths(settings: Settings = {}, folder: string): void {
  for (const key of ["certificate-authority", "client-certificate", "client-key", "tokenFile"])
    if (settings[key]) settings[key] = resolve(folder, `${settings[key] as string}`);
  const exec = settings.exec as { command?: string } | undefined;
  if (exec?.command?.includes(sep)) exec.command = resolve(folder, exec.command);
}

/** @throws {Error} for a name that occurs twice in a list, which kubectl refuses too */
function insistOnUniqueNames(list: { name: string }[]): void {
  const names = list.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`it has two entries with the name "${twice}" in one list`);
}

/** Reads one file and makes its paths absolute. Returns undefined when the file does not exist. */
function readFile(path: string): Kubeconfig | undefined {
  try {
    const text = readFileSync(path, "utf8");
    // A file of blanks and comments is an empty kubeconfig to kubectl, but an error to the YAML library.
    const content = /^\s*[^\s#]/m.test(text) ? loadYaml<Partial<Kubeconfig>>(text) : {};
    if (typeof content !== "object") throw new Error("it is no YAML mapping");
    const { clusters, users, contexts } = content;
    const config = {
      "current-context": content["current-context"] ?? "",
      clusters: clusters ?? [],
      users: users ?? [],
      contexts: contexts ?? [],
    };
    for (const list of [config.clusters, config.users, config.contexts]) insistOnUniqueNames(list);
    for (const { cluster } of config.clusters) resolvePaths(cluster, dirname(path));
    for (const { user } of config.users) resolvePaths(user, dirname(path));
    return config;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Fault(2, `the kubeconfig "${path}" cannot be read: ${oneLine(error)}`);
  }
}

/** Keeps the first entry of each name. */
const firsts = <T extends { name: string }>(entries: T[]): T[] =>
  entries.filter(({ name }, index) => entries.findIndex((each) => each.name === name) === index);

/**
 * Merges kubeconfigs as kubectl does: the named file, else each existing one of {@link kubeconfigFiles}. The first file that
 * names a cluster, a user, a context or the current context wins. Entries are taken whole, never merged.
 *
 * @throws {Fault} when a file is not a kubeconfig, or the named one is missing
 */
export function mergeKubeconfigs(named: string | undefined, env: NodeJS.ProcessEnv): Kubeconfig {
  if (named && !existsSync(named))
    throw new Fault(2, `the kubeconfig "${named}" cannot be read: there is no such file`);
  const files = named ? [named] : kubeconfigFiles(env);
  const configs = files.map(readFile).filter((config) => config !== undefined);
  return {
    "current-context": configs.map((config) => config["current-context"]).find(Boolean) ?? "",
    clusters: firsts(configs.flatMap(({ clusters }) => clusters)),
    users: firsts(configs.flatMap(({ users }) => users)),
    contexts: firsts(configs.flatMap(({ contexts }) => contexts)),
  };
}

/** Reduces a kubeconfig to one context with its cluster and user, as `kubectl config view --minify` does; pure. */
export function minify({ clusters, users, contexts }: Kubeconfig, current: string): Kubeconfig {
  const chosen = contexts.filter(({ name }) => name === current);
  const { cluster, user } = chosen[0]?.context ?? {};
  return {
    "current-context": current,
    clusters: clusters.filter(({ name }) => name === cluster),
    users: users.filter(({ name }) => name === user),
    contexts: chosen,
  };
}

/**
 * Translates what kubectl supports and the client library does not: the environment's proxy, `tokenFile`, plain HTTP, and a
 * context without a user. For such a context, the library would ignore the cluster's certificate too. Pure.
 */
export function toClient({ clusters, users, contexts, ...rest }: Kubeconfig, env: NodeJS.ProcessEnv): Kubeconfig {
  const [{ name: user, user: { tokenFile, ...credentials } = {} } = { name: "anonymous" }] = users;
  if (tokenFile) {
    credentials.token = undefined;
    credentials["auth-provider"] = { name: "tokenFile", config: { tokenFile } };
  }
  return {
    ...rest,
    clusters: clusters.map(({ name, cluster = {} }) => {
      const server = (cluster.server ?? "") as string;
      const proxy = cluster["proxy-url"] || proxyFor(server, env);
      const insecure = cluster["insecure-skip-tls-verify"] === true || server.startsWith("http:");
      return { name, cluster: { ...cluster, "proxy-url": proxy, "insecure-skip-tls-verify": insecure } };
    }),
    users: [{ name: user, user: credentials }],
    contexts: contexts.map(({ name, context }) => ({ name, context: { ...context, user } })),
  };
}
