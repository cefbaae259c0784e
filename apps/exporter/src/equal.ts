import { formatStream, namespaceKey } from "flipt-document";
import { type Basis, basisOf, difference } from "./basis.ts";
import type { Master } from "./master/client.ts";
import type { State } from "./master/read.ts";
import { refuse } from "./stop.ts";

/**
 * Refuses a state that would answer otherwise than its master, whose own snapshot says what it evaluates. A namespace that
 * has neither changed on the master nor in the publication was compared by the run that published it.
 *
 * @param published the stream that the master's known ETags belong to; empty where none are known
 * @throws {Stop} gate `equal`
 */
export async function equal(master: Master, state: State, published: string, place: string): Promise<void> {
  const compared = new Set(published.split(/^---\n/m).map(withoutVersion));
  for (const document of state.documents) {
    const key = namespaceKey(document);
    if (!state.bases.has(key) && compared.has(withoutVersion(formatStream([document])))) continue;
    const seen = difference(basisOf(document), state.bases.get(key) ?? (await basisNow(master, state, key)));
    if (!seen) continue;
    const line = `refusing to publish over "${place}" what would answer otherwise than the master: namespace "${key}": ${seen}`;
    throw refuse("equal", `${line}; change it on the master, or run again if someone just did`);
  }
}

/** Stands in the first document of a stream only. */
const withoutVersion = (text: string): string => text.replace(/^version: .*\n/, "");

async function basisNow(master: Master, { revision }: State, namespace: string): Promise<Basis> {
  const { etag, basis } = await master.snapshot(namespace);
  if (basis && etag === revision.namespaces.find(({ key }) => key === namespace)?.etag) return basis;
  throw refuse("whole", `namespace "${namespace}" of master "${master.url}" changed during this run: run again`);
}
