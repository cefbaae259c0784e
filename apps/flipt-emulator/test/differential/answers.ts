/** A request as both instances get it. */
export interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What an instance answers: status, how it refuses, and the body without what differs from call to call. */
export async function answer(url: string, { method, path, headers = {}, body }: Asked): Promise<[string, unknown]> {
  const payload = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url + path, { method, headers, ...payload });
  const text = await response.text();
  const value = parsed(text);
  const refused = response.headers.get("www-authenticate") ?? "";
  const end = response.status >= 400 && text.endsWith("\n") ? "⏎" : "";
  return [`${response.status} ${refused}${JSON.stringify(timeless(value))}${end}`, value];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // plain text is compared as text
    return text;
  }
}

const changing = new Set(["requestId", "requestDurationMillis", "timestamp", "createdAt", "updatedAt"]);
/** Lists and texts whose order is random in the original. */
const free = new Set(["segmentKeys", "segments"]);
const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Keys sorted, without times and ids. */
export function timeless(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => timeless(item));
    return free.has(key) ? items.map((item) => JSON.stringify(item)).sort() : items;
  }
  if (typeof value === "string") {
    const text = key === "nextPageToken" ? offsetIn(value) : value.replace(uuids, "<id>");
    return free.has(key) ? text.split(",").sort().join() : text;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !changing.has(name));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, timeless(item, name)]),
  );
}

/** A database's token names the next item, of a rule by its id. */
const offsetIn = (token: string): string =>
  Buffer.from(token, "base64")
    .toString()
    .replace(/"key":"[^"]*"/, "");
