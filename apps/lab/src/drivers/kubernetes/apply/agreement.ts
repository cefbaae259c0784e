import { oneLine } from "../../../fault.ts";
import {
  askFor,
  demand,
  type Endpoint,
  type Flag,
  findFlag,
  findSwitch,
  listFlags,
  listNamespaces,
} from "../../../flipt.ts";
import { until } from "../../../until.ts";
import type { Cluster } from "../cluster/connect.ts";
import { KubernetesLab } from "../lab/kubernetes-lab.ts";

/** The longest lag of a change: the export interval, an export, and the sidecar's poll. */
const seconds = 120;

/** Reads whether each flag of an instance is on, by `NAMESPACE/KEY`. */
async function readFlags(base: Endpoint): Promise<Map<string, boolean>> {
  const namespaces = await listNamespaces(base);
  const lists = await Promise.all(namespaces.map((namespace) => listFlags(base, namespace)));
  return new Map(
    lists.flatMap((flags: Flag[], at) => flags.map(({ key, enabled }) => [`${namespaces[at]}/${key}`, enabled])),
  );
}

const word = (enabled: boolean | undefined): string => (enabled === undefined ? "absent" : enabled ? "on" : "off");

/** Describes the first flag on which the two instances disagree. Returns undefined when they agree. */
export function findDisagreement(master: Map<string, boolean>, sidecar: Map<string, boolean>): string | undefined {
  const keys = new Set([...master.keys(), ...sidecar.keys()]);
  for (const key of keys) {
    const [there, here] = [master.get(key), sidecar.get(key)];
    if (there !== here) return `flag "${key}" is ${word(here)}, on flipt-master it is ${word(there)}`;
  }
  return undefined;
}

/** Evaluates one flag on the sidecar and describes the answer. */
async function askSidecar(base: Endpoint): Promise<string> {
  const place = (await findSwitch(base)) ?? (await findFlag(base));
  if (!place) return "answers, and has no flag";
  const { path, body } = askFor(place);
  const { enabled, variantKey } = await demand<{ enabled?: boolean; variantKey?: string }>(base, path, {
    method: "POST",
    body,
  });
  return `flag "${place.flag.key}" is ${enabled ?? (variantKey || "no variant")}`;
}

/**
 * Waits until the sidecar agrees with the master. After a restart of the node, the sidecar begins with an old snapshot.
 *
 * @returns the sidecar's answer for a flag, and the disagreement if one remains, as when exports are refused
 */
export async function awaitAgreement(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const lab = await KubernetesLab.open(cluster, signal);
  const { master, sidecar } = lab.addresses;
  try {
    const rest = await until("the master's state on flipt-sidecar", { seconds, everyMs: 1000, signal }, async () => {
      try {
        const seen = findDisagreement(...(await Promise.all([readFlags(master), readFlags(sidecar)])));
        return seen ? { seen } : { value: "" };
      } catch (error) {
        return { seen: oneLine(error) }; // a port-forward may still lead to a pod from before the restart
      }
    }).catch((error) => {
      if (signal.aborted) throw error;
      return `; ${oneLine(error)}; status tells why`;
    });
    return `${await askSidecar(sidecar)}${rest}`;
  } finally {
    await lab.close();
  }
}
