import type { V1Deployment, V1EnvVar } from "@kubernetes/client-node";
import { Fault } from "../../../fault.ts";
import { labHint } from "../../../hints.ts";
import { decoded } from "../apply/secrets.ts";
import { type Cluster, isNotFound } from "../cluster/connect.ts";

const required = "FLIPT_AUTHENTICATION_REQUIRED";
const bootstrap = "FLIPT_AUTHENTICATION_METHODS_TOKEN_BOOTSTRAP_TOKEN";

/** Returns the variable that holds a master's token; undefined when the master demands none. */
export function tokenSource({ spec }: V1Deployment): V1EnvVar | undefined {
  const env = spec?.template.spec?.containers.flatMap(({ env = [] }) => env) ?? [];
  const demanded = env.find(({ name }) => name === required)?.value === "true";
  return demanded ? env.find(({ name }) => name === bootstrap) : undefined;
}

/**
 * Reads the token that a master demands; undefined when it demands none. The token is never shown.
 *
 * @throws {Fault} when the Secret that the master refers to is absent or lacks the key
 */
export async function readToken(cluster: Cluster, master: V1Deployment): Promise<string | undefined> {
  const { core, namespace } = cluster;
  const source = tokenSource(master);
  const reference = source?.valueFrom?.secretKeyRef;
  if (!reference) return source?.value;
  const { name = "", key } = reference;
  const secret = await core.readNamespacedSecret({ name, namespace }).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const token = decoded(secret?.data?.[key]);
  if (token) return token;
  throw new Fault(
    2,
    `secret "${name}" with the key "${key}", which flipt-master refers to, ${secret ? "has no such key" : "is absent"}; make it with: ${labHint("up", cluster)}`,
  );
}
