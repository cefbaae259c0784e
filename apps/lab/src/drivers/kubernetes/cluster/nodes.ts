import type { Cluster } from "./connect.ts";

/** Describes a cluster's version and nodes, for people. */
export async function describeMachine({ core, version }: Cluster): Promise<string> {
  const { items } = await core.listNode();
  const nodes = items.map(({ status }) => {
    const gibibytes = Number.parseInt(status?.capacity?.memory ?? "", 10) / 1024 / 1024;
    return `${status?.capacity?.cpu} cores and ${gibibytes.toFixed(1)} GiB`;
  });
  return `Kubernetes ${version} on ${nodes.length} node(s) of ${nodes.join(", ")}; Node ${process.version}`;
}
