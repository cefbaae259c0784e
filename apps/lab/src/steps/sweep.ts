import { countFlags, parseStream } from "flipt-document";
import { ask, type Endpoint, listNamespaces } from "../flipt.ts";
import type { Lab } from "../lab.ts";

/** The namespaces that verifications make; all else that they make is in these. */
const mark = /^verify-[0-9a-f]{6}(-|$)/;

/**
 * Removes from a master what a verification has left that was killed before it could take it back.
 *
 * @returns the keys of what was removed
 */
export async function sweep(master: Endpoint): Promise<string[]> {
  const left = (await listNamespaces(master)).filter((key) => mark.test(key));
  for (const key of left) await ask(master, `/api/v1/namespaces/${key}?force=true`, { method: "DELETE" });
  return left;
}

/** Whether no flag is published but those of verifications: only then does a state without any replace nothing of people's. */
export async function holdsNothing(lab: Lab): Promise<boolean> {
  const publication = await lab.publication();
  const counts = publication ? countFlags(parseStream(publication.bytes).documents) : new Map<string, number>();
  return [...counts].every(([namespace, flags]) => flags === 0 || mark.test(namespace));
}
