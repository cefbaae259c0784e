import { Fault, invalid, quote } from "../fault.ts";
import type { Store } from "../model.ts";

export interface Page<T> {
  items: readonly T[];
  nextPageToken: string;
  totalCount: number;
}

/** What a list is asked for; `limit` 0 means everything. */
export interface Paging {
  limit: number;
  offset: number;
  token: string;
}

/**
 * The paging of a decoded query.
 *
 * @param strict whether a token or an offset without a limit is refused: lists of flags, segments and rules do
 * @throws {Fault} 400
 */
export function pagingOf({ limit = 0, offset = 0, pageToken = "" }: Record<string, unknown>, strict: boolean): Paging {
  const paging = { limit, offset, token: pageToken } as Paging;
  if (strict && paging.limit === 0 && (paging.offset > 0 || paging.token !== "")) {
    throw invalid("limit must be set when offset or pageToken is set");
  }
  return paging;
}

/**
 * One page of a list. A database counts from a token or else from the offset; a declarative source knows tokens only, and
 * does not look at them where there is nothing to list.
 *
 * @param keyOf what the token of a database names the next item by
 * @throws {Fault} 400 for a bad token, 500 for what v1.61.1 panics at or SQLite refuses
 */
export function pageOf<T>(
  items: readonly T[],
  paging: Paging,
  role: Store["role"],
  keyOf: (item: T) => string,
): Page<T> {
  const { limit } = paging;
  if (role === "sidecar" && items.length === 0) return { items, nextPageToken: "", totalCount: 0 };
  const start = role === "master" ? databaseStart(paging) : declarativeStart(paging, items.length);
  const end = limit === 0 ? items.length : start + limit;
  if (limit < 0 || start < 0) throw new Fault(13, panic(start, end, limit, role));
  const next = items[end];
  const more = next !== undefined && limit > 0;
  const token = more ? (role === "master" ? databaseToken(keyOf(next), end) : `${end}`) : "";
  return { items: items.slice(start, end), nextPageToken: token, totalCount: items.length };
}

/** What a signed integer of 64 bits does not reach. */
const largest = 2 ** 63;

/** The words of Go's runtime, as recorded. */
function panic(start: number, end: number, limit: number, role: Store["role"]): string {
  if (role === "master") return `runtime error: index out of range [${limit}]`;
  const bounds = end < 0 ? `[:${end}]` : start < 0 ? `[${start}:]` : `[${start}:${end}]`;
  return `runtime error: slice bounds out of range ${bounds}`;
}

const databaseToken = (key: string, offset: number): string =>
  Buffer.from(JSON.stringify({ key, offset })).toString("base64");

/** What cannot stand in the statement is refused in SQLite's words. */
function databaseStart({ token, offset, limit }: Paging): number {
  const start = token === "" ? offset : readToken(token);
  if (start === undefined) throw invalid(`pageToken is not valid: ${quote(token)}`);
  if (limit === 0 && (token !== "" || offset !== 0)) throw new Fault(13, 'near "OFFSET": syntax error');
  if (limit < -1 || (limit !== -1 && (start < 0 || start >= largest))) throw new Fault(13, "datatype mismatch");
  return start;
}

/** The offset in a database's token: base64 of an object; one without offset counts as 0. */
function readToken(token: string): number | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(token) || token.length % 4 !== 0) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64").toString());
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    const { offset, key } = (value ?? {}) as { offset?: unknown; key?: unknown };
    const start = offset ?? 0;
    const valid = typeof (key ?? "") === "string" && Number.isInteger(start) && Number(start) >= 0;
    return valid ? Number(start) : undefined;
  } catch {
    // a token that is not JSON is the caller's mistake: answered as invalid
    return undefined;
  }
}

function declarativeStart({ token }: Paging, count: number): number {
  if (token === "") return 0;
  if (!/^[+-]?\d+$/.test(token)) throw invalid(`pageToken is not valid: ${quote(token)}`);
  const offset = Number(token);
  if (Math.abs(offset) >= largest) throw invalid(`pageToken is not valid: ${quote(token)}`);
  if (offset > 0 && offset >= count) throw invalid(`invalid offset: ${offset}`);
  return offset;
}
