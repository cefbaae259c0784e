import { demand, type Endpoint, type Flag, listFlags, listNamespaces } from "../flipt.ts";

/** Who asks, and with what context. */
interface Asker {
  entityId: string;
  context: Record<string, string>;
}

export interface Question extends Asker {
  namespaceKey: string;
  flagKey: string;
}

/** A flag, and how to name it in one word. */
export interface Known {
  namespaceKey: string;
  key: string;
  type: Flag["type"];
  name: string;
}

interface Segment {
  constraints: { type: string; property: string; operator: string; value: string }[];
}

/** As many evaluations as any master answers within seconds. */
const most = { flags: 200, askers: 12, questions: 2400, entities: 40 };

/** At most so many of a list, evenly spread over it. */
export const spread = <T>(items: T[], count: number): T[] =>
  items.length <= count
    ? items
    : Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as T);

/** All flags of an instance, or of some of its namespaces. */
export async function listAll(base: Endpoint, namespaces?: string[]): Promise<Known[]> {
  const known: Known[] = [];
  for (const namespaceKey of namespaces ?? (await listNamespaces(base))) {
    for (const { key, type } of await listFlags(base, namespaceKey))
      known.push({ namespaceKey, key, type, name: `${namespaceKey}/${key}` });
  }
  return known.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first item of a list operator's value; the value itself of any other one. */
function operand(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value);
    const first: string | number = (Array.isArray(parsed) && parsed[0]) || "";
    return Array.isArray(parsed) ? `${first}` : value;
  } catch {
    return value;
  }
}

/** Somebody whom a segment is meant for, as far as its operands tell. */
function askerOf({ constraints }: Segment): Asker {
  const asker: Asker = { entityId: "somebody", context: {} };
  for (const { type, property, operator, value } of constraints) {
    const text = type === "BOOLEAN_COMPARISON_TYPE" ? operator : operand(value) || "1";
    if (type === "ENTITY_ID_COMPARISON_TYPE") asker.entityId = text;
    else asker.context[property] = text;
  }
  return asker;
}

/** Those whom the segments of a namespace are meant for, and one who is nobody. */
async function readAskers(base: Endpoint, namespace: string): Promise<Asker[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/segments`;
  const { segments } = await demand<{ segments: Segment[] }>(base, path);
  return [{ entityId: "nobody", context: {} }, ...spread(segments, most.askers).map(askerOf)];
}

/**
 * Questions for flags: each is asked by those whom the segments of its namespace are meant for, and by more entities with the
 * same contexts where that leaves room.
 */
export async function questionsFor(base: Endpoint, flags: Known[]): Promise<Question[]> {
  const asked = spread(flags, most.flags);
  const askers = new Map<string, Asker[]>();
  for (const { namespaceKey } of asked)
    if (!askers.has(namespaceKey)) askers.set(namespaceKey, await readAskers(base, namespaceKey));
  const rows = asked.flatMap(({ namespaceKey, key }) =>
    (askers.get(namespaceKey) ?? []).map((asker) => ({ namespaceKey, flagKey: key, ...asker })),
  );
  const others = Math.min(most.entities, Math.floor(most.questions / Math.max(1, rows.length)) - 1);
  return rows.flatMap((row) => [
    row,
    ...Array.from({ length: Math.max(0, others) }, (_, i) => ({ ...row, entityId: `user-${i}` })),
  ]);
}
