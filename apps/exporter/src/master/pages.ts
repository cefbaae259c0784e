import type { Master } from "./client.ts";
import { Fields } from "./fields.ts";
import { Torn } from "./torn.ts";

const PAGE = 100;

/**
 * A whole list of the management API, page by page.
 *
 * @param name of the list in the answer; `id` is the field that tells its items apart
 * @throws {Torn} when pages repeat or lack items, or disagree on how many there are
 */
export async function pages(master: Master, path: string, name: string, id: string): Promise<Fields[]> {
  const found = new Map<string, Fields>();
  let token = "";
  let total: number | undefined;
  do {
    const query = `${path}?limit=${PAGE}${token && `&pageToken=${encodeURIComponent(token)}`}`;
    const page = new Fields(await master.json(query), `GET "${new URL(path, master.url)}"`);
    const items = page.list(name);
    for (const item of items) {
      if (found.has(item.text(id))) throw new Torn(`"${path}" lists "${item.text(id)}" twice`);
      found.set(item.text(id), item);
    }
    const count = page.number("totalCount");
    if (total !== undefined && total !== count) throw new Torn(`"${path}" had ${total} items, then ${count}`);
    total = count;
    token = page.text("nextPageToken");
    if (token && items.length === 0) throw new Torn(`"${path}" has an empty page after ${found.size} items`);
  } while (token);
  if (found.size !== total) throw new Torn(`"${path}" lists ${found.size} of ${total} items`);
  return [...found.values()];
}
