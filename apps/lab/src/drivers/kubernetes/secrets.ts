import { randomBytes } from "node:crypto";
import { Fault } from "../../fault.ts";
import type { StoreUser } from "../../lab.ts";
import type { KeyPair } from "../bucket.ts";
import type { Cluster } from "./cluster.ts";
import { fieldManager, ours } from "./kinds.ts";
import { ensureNamespace } from "./namespace.ts";

const random = (): string => randomBytes(20).toString("hex");

/** The fields of a Secret that hold a key pair. */
interface Fields {
  id: string;
  secret: string;
}

const rootFields: Fields = { id: "rootUser", secret: "rootPassword" };
const userFields: Fields = { id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY" };

/** The Secrets that the lab can make, by name. */
const made: Record<string, { fields: Fields; user: string }> = {
  "minio-root": { fields: rootFields, user: "root-lab" },
  "minio-exporter": { fields: userFields, user: "exporter" },
  "minio-sidecar": { fields: userFields, user: "sidecar" },
};

/**
 * Makes those of the named Secrets that are absent and that the lab knows. What is in them is never shown.
 *
 * @returns the names of those that it made
 */
export async function makeSecrets(
  { core, namespace }: Cluster,
  names: string[],
  existing: string[],
): Promise<string[]> {
  const absent = names.filter((name) => !existing.includes(name));
  const created: string[] = [];
  for (const name of absent) {
    const recipe = made[name];
    if (!recipe) continue;
    const body = {
      metadata: { name, labels: { [ours.name]: ours.value, "app.kubernetes.io/name": "minio" } },
      stringData: { [recipe.fields.id]: recipe.user, [recipe.fields.secret]: random() },
    };
    const isNew = await core.createNamespacedSecret({ namespace, body, fieldManager }).then(
      () => true,
      (error) => {
        if (error?.code === 409) return false; // somebody's own, without our label: it is used as it is
        throw error;
      },
    );
    if (isNew) created.push(name);
  }
  return created;
}

/**
 * Insists on the Secrets that only the user can make, as those with the keys of a store that is not the lab's.
 *
 * @param required which keys of which Secrets pods cannot start without
 * @throws {Fault} with the commands that make the absent ones; the namespace for them is there then
 */
export async function demandSecrets(cluster: Cluster, required: Map<string, Set<string>>): Promise<void> {
  const { core, namespace, context } = cluster;
  const there = new Set((await core.listNamespacedSecret({ namespace })).items.map(({ metadata }) => metadata?.name));
  const absent = [...required].filter(([name]) => !(name in made) && !there.has(name)).sort();
  if (absent.length === 0) return;
  await ensureNamespace(cluster);
  const names = absent.map(([name]) => `"${name}"`).join(", ");
  const commands = absent.map(([name, keys]) => {
    const literals = [...keys].map((key) => ` --from-literal=${key}=VALUE`).join("");
    return `kubectl create secret generic ${name} --context ${context} --namespace ${namespace}${literals}`;
  });
  throw new Fault(2, `missing Secrets: ${names}; only you know what is in them: ${commands.join(" && ")}`);
}

/** The key pair in a Secret. */
export async function readKeys({ core, namespace }: Cluster, who: StoreUser | "root"): Promise<KeyPair> {
  const { data = {} } = await core.readNamespacedSecret({ name: `minio-${who}`, namespace });
  const { id, secret } = who === "root" ? rootFields : userFields;
  const text = (field: string): string => Buffer.from(data[field] ?? "", "base64").toString();
  return { accessKeyId: text(id), secretAccessKey: text(secret) };
}
