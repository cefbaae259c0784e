import { Fault, invalid, quote } from "../fault.ts";
import type { Store } from "../model.ts";
import { integerOf, textOf } from "./query.ts";

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
 * The paging of a query.
 *
 * @param strict whether a token or an offset without a limit is refused: lists of flags, segments and rules do
 * @throws {Fault} 400
 */
export function pagingOf(query: URLSearchParams, strict: boolean): Paging {
  const paging = {
    limit: integerOf(query, "limit"),
    offset: integerOf(query, "offset"),
    token: textOf(query, "page_token"),
  };
  textOf(query, "reference");
  if (strict && paging.limit === 0 && (paging.offset !== 0 || paging.token !== "")) {
    throw invalid("limit must be set when offset or pageToken is set");
  }
  return paging;
}

/**
 * One page of a list. A database counts from a token or else from the offset; a declarative source knows tokens only.
 *
 * @param keyOf what the token of a database names the next item by
 * @throws {Fault} 400 for a bad token, 500 for a negative limit or offset (v1.61.1 panics there)
 */
export function pageOf<T>(
  items: readonly T[],
  paging: Paging,
  role: Store["role"],
  keyOf: (item: T) => string,
): Page<T> {
  const { limit } = paging;
  const start = role === "master" ? databaseStart(paging) : declarativeStart(paging, items.length);
  const end = limit === 0 ? items.length : start + limit;
  if (limit < 0 || start < 0) throw new Fault(13, panic(start, end, limit, role));
  const next = items[end];
  const more = next !== undefined && limit > 0;
  const token = more ? (role === "master" ? databaseToken(keyOf(next), end) : `${end}`) : "";
  return { items: items.slice(start, end), nextPageToken: token, totalCount: items.length };
}

/** The words of Go's runtime, as recorded. */
function panic(start: number, end: number, limit: number, role: Store["role"]): string {
  if (role === "master") return `runtime error: index out of range [${limit}]`;
  return `runtime error: slice bounds out of range ${end < 0 ? `[:${end}]` : `[${start}:]`}`;
}

const databaseToken = (key: string, offset: number): string =>
  Buffer.from(JSON.stringify({ key, offset })).toString("base64");

function databaseStart({ token, offset }: Paging): number {
  if (token === "") return Math.max(offset, 0);
  const read = readToken(token);
  if (read === undefined) throw invalid(`pageToken is not valid: ${quote(token)}`);
  return read;
}

/** The offset in a database's token: base64 of an object; one without offset counts as 0. */
function readToken(token: string): number | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(token) || token.length % 4 !== 0) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64").toString());
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const { offset = 0 } = value as { offset?: unknown };
    return typeof offset === "number" && Number.isInteger(offset) ? Math.max(offset, 0) : undefined;
  } catch {
    // a token that is not JSON is the caller's mistake: answered as invalid
    return undefined;
  }
}

function declarativeStart({ token }: Paging, count: number): number {
  if (token === "") return 0;
  if (!/^[+-]?\d+$/.test(token)) throw invalid(`pageToken is not valid: ${quote(token)}`);
  const offset = Number(token);
  if (offset > 0 && offset >= count) throw invalid(`invalid offset: ${offset}`);
  return offset;
}
