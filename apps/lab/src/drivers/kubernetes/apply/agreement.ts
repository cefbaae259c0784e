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

/** A change needs at most so long: the export interval, an export, the sidecar's poll. */
const seconds = 120;

/** Each flag of an instance and whether it is on. */
async function readFlags(base: Endpoint): Promise<Map<string, boolean>> {
  const namespaces = await listNamespaces(base);
  const lists = await Promise.all(namespaces.map((namespace) => listFlags(base, namespace)));
  return new Map(
    lists.flatMap((flags: Flag[], at) => flags.map(({ key, enabled }) => [`${namespaces[at]}/${key}`, enabled])),
  );
}

const word = (enabled: boolean | undefined): string => (enabled === undefined ? "absent" : enabled ? "on" : "off");

/** The first flag of which two instances say something else, in words; undefined when there is none. */
export function findDisagreement(master: Map<string, boolean>, sidecar: Map<string, boolean>): string | undefined {
  const keys = new Set([...master.keys(), ...sidecar.keys()]);
  for (const key of keys) {
    const [there, here] = [master.get(key), sidecar.get(key)];
    if (there !== here) return `flag "${key}" is ${word(here)}, on flipt-master it is ${word(there)}`;
  }
  return undefined;
}

/** Asks the sidecar for a flag. */
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
 * Waits until the sidecar says what the master says: after a restart of the node it begins with an old copy.
 *
 * @returns what it says of a flag; where it goes on to disagree, since exports are refused, this too
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
        return { seen: oneLine(error) }; // a forward may lead to a pod of before the restart
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
