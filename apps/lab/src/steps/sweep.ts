import { ask, demand, type Endpoint, flagPath, listFlags, listNamespaces } from "../flipt.ts";

const mark = /^verify-[0-9a-f]{6}/;

/**
 * Removes from a master what a verification has left that was killed before it could take it back.
 *
 * @returns the keys of what was removed
 */
export async function sweep(master: Endpoint): Promise<string[]> {
  const removed: string[] = [];
  const remove = async (key: string, path: string): Promise<void> => {
    if (!mark.test(key)) return;
    await ask(master, path, { method: "DELETE" });
    removed.push(key);
  };
  for (const key of await listNamespaces(master)) await remove(key, `/api/v1/namespaces/${key}?force=true`);
  for (const { key } of await listFlags(master, "default")) await remove(key, flagPath("default", key));
  const path = "/api/v1/namespaces/default/segments";
  const { segments } = await demand<{ segments: { key: string }[] }>(master, path);
  for (const { key } of segments) await remove(key, `${path}/${key}`);
  return removed;
}
