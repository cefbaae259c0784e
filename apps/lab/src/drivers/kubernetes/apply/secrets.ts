import { randomBytes } from "node:crypto";
import { Fault } from "../../../fault.ts";
import { kubectlHint } from "../../../hints.ts";
import type { StoreUser } from "../../../lab.ts";
import type { KeyPair } from "../../bucket.ts";
import type { Cluster } from "../cluster/connect.ts";
import { fieldManager, ours } from "../cluster/kinds.ts";
import { ensureNamespace } from "../cluster/namespace.ts";

const random = (): string => randomBytes(20).toString("hex");

/** The fields of a Secret that hold a key pair. */
interface Fields {
  id: string;
  secret: string;
}

const rootFields: Fields = { id: "rootUser", secret: "rootPassword" };
const userFields: Fields = { id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY" };

const pair = ({ id, secret }: Fields, user: string) => ({ [id]: user, [secret]: random() });

/** The Secrets that the lab can create, by name: the part that each belongs to, and its content. */
const made: Record<string, { of: string; content(): Record<string, string> }> = {
  "minio-root": { of: "minio", content: () => pair(rootFields, "root-lab") },
  "minio-exporter": { of: "minio", content: () => pair(userFields, "exporter") },
  "minio-sidecar": { of: "minio", content: () => pair(userFields, "sidecar") },
  "flipt-token": { of: "flipt-master", content: () => ({ token: random() }) },
};

/**
 * Secrets that `up` keeps even if no manifest needs them. The master's first token stays in its database, and Flipt v1.61.1
 * ignores a later one (recorded). `down` removes the Secret together with the claim.
 */
export const lastingSecrets = ["flipt-token"];

/**
 * Creates the named Secrets that are absent and that the lab can create. Their content is never shown.
 *
 * @returns the names of the created Secrets
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
      metadata: { name, labels: { [ours.name]: ours.value, "app.kubernetes.io/name": recipe.of } },
      stringData: recipe.content(),
    };
    const isNew = await core.createNamespacedSecret({ namespace, body, fieldManager }).then(
      () => true,
      (error) => {
        if (error?.code === 409) return false; // the user's own Secret, without the lab's label: it is used as it is
        throw error;
      },
    );
    if (isNew) created.push(name);
  }
  return created;
}

/**
 * Checks for the Secrets that only the user can create, such as the keys of an external bucket.
 *
 * @param required the Secrets that pods cannot start without, with the keys of each
 * @throws {Fault} with the commands that create the absent Secrets; their namespace exists by then
 */
export async function demandSecrets(
  cluster: Cluster,
  required: Map<string, Set<string>>,
  signal: AbortSignal,
): Promise<void> {
  const { core, namespace } = cluster;
  const there = new Set((await core.listNamespacedSecret({ namespace })).items.map(({ metadata }) => metadata?.name));
  const absent = [...required].filter(([name]) => !(name in made) && !there.has(name)).sort();
  if (absent.length === 0) return;
  await ensureNamespace(cluster, signal);
  const names = absent.map(([name]) => `"${name}"`).join(", ");
  const commands = absent.map(([name, keys]) => {
    const literals = [...keys].map((key) => ` --from-literal=${key}=VALUE`).join("");
    return `${kubectlHint(`create secret generic ${name}`, cluster)}${literals}`;
  });
  throw new Fault(2, `missing Secrets: ${names}; only you know what is in them: ${commands.join(" && ")}`);
}

/** Decodes a field of a Secret. */
export const decoded = (field: string | undefined): string => Buffer.from(field ?? "", "base64").toString();

/** Reads the key pair of a store user from its Secret. */
export async function readKeys({ core, namespace }: Cluster, who: StoreUser | "root"): Promise<KeyPair> {
  const { data = {} } = await core.readNamespacedSecret({ name: `minio-${who}`, namespace });
  const { id, secret } = who === "root" ? rootFields : userFields;
  return { accessKeyId: decoded(data[id]), secretAccessKey: decoded(data[secret]) };
}
