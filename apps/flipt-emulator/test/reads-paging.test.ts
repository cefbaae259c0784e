import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../src/fault.ts";
import { decodeQuery } from "../src/http/query.ts";
import { pageOf, pagingOf } from "../src/reads/paging.ts";

const paging = suite("paging");

const fields = { limit: "int32", offset: "int32", page_token: "string", reference: "string" } as const;
const items = ["a", "b", "c", "d", "e"];
const page = (query: string, role: "master" | "sidecar") =>
  pageOf(items, pagingOf(decodeQuery(fields, new URLSearchParams(query)), true), role, (item) => item);
const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

const rows: [query: string, role: "master" | "sidecar", items: string, next: string][] = [
  ["", "master", "abcde", ""],
  ["limit=0", "sidecar", "abcde", ""],
  ["limit=2", "sidecar", "ab", "2"],
  ["limit=2&pageToken=4", "sidecar", "e", ""],
  ["limit=2&page_token=4", "sidecar", "e", ""],
  ["limit=2&offset=3", "sidecar", "ab", "2"],
  ["limit=2", "master", "ab", token({ key: "c", offset: 2 })],
  ["limit=2&offset=3", "master", "de", ""],
  [
    `limit=2&pageToken=${encodeURIComponent(token({ key: "c", offset: 2 }))}`,
    "master",
    "cd",
    token({ key: "e", offset: 4 }),
  ],
  [`limit=2&pageToken=${encodeURIComponent(token({}))}`, "master", "ab", token({ key: "c", offset: 2 })],
  [`limit=2&pageToken=${encodeURIComponent(token({ offset: 99 }))}`, "master", "", ""],
];
for (const [query, role, expected, next] of rows) {
  paging(`page :: ${role} ${query}`, () => {
    assert.equal(page(query, role), { items: [...expected], nextPageToken: next, totalCount: 5 });
  });
}

const refused: [query: string, role: "master" | "sidecar", code: number, message: string][] = [
  ["pageToken=5", "sidecar", 3, "limit must be set when offset or pageToken is set"],
  ["offset=2", "master", 3, "limit must be set when offset or pageToken is set"],
  ["limit=2&pageToken=x", "sidecar", 3, 'pageToken is not valid: "x"'],
  ["limit=2&pageToken=5", "sidecar", 3, "invalid offset: 5"],
  ["limit=2&pageToken=-3", "sidecar", 13, "runtime error: slice bounds out of range [:-1]"],
  ["limit=2&pageToken=1&pageToken=2", "master", 3, 'too many values for field "page_token": 1, 2'],
  ["limit=2&pageToken=9999", "master", 3, 'pageToken is not valid: "9999"'],
  ["limit=-1", "master", 13, "runtime error: index out of range [-1]"],
  ["limit=-1&pageToken=1", "sidecar", 13, "runtime error: slice bounds out of range [1:0]"],
  ["limit=-1", "sidecar", 13, "runtime error: slice bounds out of range [:-1]"],
  ["limit=abc", "master", 3, 'parsing field "limit": strconv.ParseInt: parsing "abc": invalid syntax'],
  [
    "limit=99999999999",
    "master",
    3,
    'parsing field "limit": strconv.ParseInt: parsing "99999999999": value out of range',
  ],
  ["limit=1&limit=2", "master", 3, 'too many values for field "limit": 1, 2'],
];
for (const [query, role, code, message] of refused) {
  paging(`refuse :: ${role} ${query}`, () => {
    assert.throws(
      () => page(query, role),
      (error: Error) => error instanceof Fault && error.code === code && error.message === message,
    );
  });
}

paging.run();
