/** A place, as far as who reads a hint has to name it. */
interface Named {
  namespace: string;
  /** The options of `lab` that find it. */
  options: string;
  /** The options of `dagger call` that find it but for its namespace, where Dagger has called the lab. */
  dagger: string | undefined;
}

/** A namespace of a cluster, as far as who reads a hint has to name it. */
interface NamedCluster extends Named {
  context: string;
  /** Whether it is removed when the command ends. */
  passing: boolean;
}

/** What to type for a command of the lab: by npm, or by `dagger call` where Dagger has called it. */
export function labHint(command: string, { namespace, options, dagger }: Named, more: string[] = []): string {
  if (dagger === undefined) return ["npm run -s lab --", command, options, ...more].join(" ");
  const where = dagger || namespace !== "default" ? ` --namespace ${namespace}` : "";
  return [`dagger call ${command}${dagger}${where}`, ...more].join(" ");
}

/** What to type for a command of kubectl. Who has called by Dagger has no context of ours, but a kubeconfig of one cluster. */
export function kubectlHint(command: string, { namespace, context, dagger }: Omit<NamedCluster, "options">): string {
  if (dagger === undefined) return `kubectl ${command} --context ${context} --namespace ${namespace}`;
  const file = /--kubeconfig \S+/.exec(dagger)?.[0] ?? "--kubeconfig ./kubeconfig";
  return `kubectl ${file} ${command} --namespace ${namespace}`;
}

/** Where to look at a cluster's objects, as the end of an error; nothing where they are gone by the time it is read. */
export const lookHint = (command: string, cluster: Omit<NamedCluster, "options">): string =>
  cluster.passing ? "" : `; look with: ${kubectlHint(command, cluster)}`;
