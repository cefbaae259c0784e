import { demand, type Endpoint, flagPath, listFlags, listNamespaces } from "../flipt.ts";

const changing = new Set(["id", "createdAt", "updatedAt", "ruleId", "variantId", "defaultVariantId"]);

/** A copy without what Flipt gives anew at each load. */
function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (changing.has(name) ? [] : [[name, settled(item)]])),
  );
}

/** All that the management API shows of an instance, as one text: equal texts mean equal states. */
export async function fingerprint(base: Endpoint): Promise<string> {
  const parts = [];
  for (const namespace of (await listNamespaces(base)).sort()) {
    const flags = await listFlags(base, namespace);
    const lists = flags.map(
      ({ key, type }) => `${flagPath(namespace, key)}/${type === "BOOLEAN_FLAG_TYPE" ? "rollouts" : "rules"}`,
    );
    lists.push(`/api/v1/namespaces/${encodeURIComponent(namespace)}/segments`);
    parts.push(namespace, flags);
    // A master asks its database for each rule: many lists at once would all be late.
    for (const path of lists) parts.push(await demand(base, path, { timeoutMs: 15_000 }));
  }
  return JSON.stringify(settled(parts));
}
