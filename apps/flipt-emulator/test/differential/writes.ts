import fc from "fast-check";
import type { Asked } from "./answers.ts";

/** A write whose ids are those that earlier writes of the same instance got, by their place: `#3`. */
export type Write = Asked;

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
// few names, so that they meet; some that are refused, some that no terminal shows
const flag = pick("f", "g", "absent");
const segment = pick("s", "t", "absent");
const key = pick("f", "g", "s", "t", "a b", "", "k\u0000");
const name = pick("N", "", "n\u0000m", "\u0001", "\u0085", "\u2028", 'q"\\');
const place = fc.integer({ min: 0, max: 12 }).map((index) => `#${index}`);
const number = pick<unknown>(0, 1, 2, 50, 100, 101, -1, "NaN", "Infinity", "5", "x", "", null, 33.333333);
const choice = fc.oneof(
  fc.record({ segmentKey: segment }),
  fc.record({
    segmentKeys: fc.uniqueArray(segment, { minLength: 1, maxLength: 2 }),
    segmentOperator: pick<unknown>("AND_SEGMENT_OPERATOR", 7),
  }),
);

type Bodies = Record<string, fc.Arbitrary<unknown>>;
const write = (method: string, path: fc.Arbitrary<string>, body?: Bodies): fc.Arbitrary<Write> =>
  fc.tuple(path, body ? fc.record(body) : fc.constant(undefined)).map(([where, fields]) => ({
    method,
    path: `/api/v1/namespaces/default${where}`,
    ...(fields && { body: fields }),
  }));
const at = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((each) =>
      each.map((part) => (part.startsWith("/") || part.startsWith("?") ? part : encodeURIComponent(part))).join(""),
    );

const constraint: Bodies = {
  type: pick<unknown>("STRING_COMPARISON_TYPE", "NUMBER_COMPARISON_TYPE", "BOOLEAN_COMPARISON_TYPE", 4, 7, 0),
  property: pick("p", "", "p\u0000"),
  operator: pick("eq", "EQ", "true", "present", "lt", "isoneof", "e\u0000"),
  value: pick("x", "", "[]", '["a"]', "2026-01-01", "v\u0000"),
};
const variant: Bodies = {
  key: pick("v", "w", "v\u0000", ""),
  name,
  attachment: pick("", "{", ' {"b": 1, "a" :2}', "[1]", '"\\u0000"'),
};
const distribution: Bodies = { variantId: place, rollout: number };
const rollout = fc.oneof(
  fc.record({ rank: pick(1, 2, 3), threshold: fc.record({ percentage: number, value: fc.boolean() }) }),
  fc.tuple(choice, fc.boolean()).map(([given, value]) => ({ rank: 4, segment: { ...given, value } })),
);
const rule = fc.tuple(choice, pick<unknown>(1, 2, 0, "3", "x")).map(([given, rank]) => ({ ...given, rank }));

const kinds: fc.Arbitrary<Write>[] = [
  write("POST", at("/flags"), {
    key,
    name,
    type: pick<unknown>("BOOLEAN_FLAG_TYPE", 0, 7, "X"),
    metadata: pick<unknown>({}, { a: "\u0000" }, null, 5),
  }),
  write("PUT", at("/flags/", flag), { name, enabled: fc.boolean(), defaultVariantId: fc.oneof(pick(""), place) }),
  write("POST", at("/segments"), { key, name, matchType: pick<unknown>("ANY_MATCH_TYPE", 0) }),
  write("PUT", at("/segments/", segment), { name, description: name }),
  write("POST", at("/segments/", segment, "/constraints"), constraint),
  write("PUT", at("/segments/", segment, "/constraints/", place), constraint),
  write("POST", at("/flags/", flag, "/variants"), variant),
  write("PUT", at("/flags/", flag, "/variants/", place), variant),
  fc
    .tuple(at("/flags/", flag, "/rules"), rule)
    .map(([path, body]) => ({ method: "POST", path: `/api/v1/namespaces/default${path}`, body })),
  fc
    .tuple(at("/flags/", flag, "/rules/", place), choice)
    .map(([path, body]) => ({ method: "PUT", path: `/api/v1/namespaces/default${path}`, body })),
  write("PUT", at("/flags/", flag, "/rules/order"), { ruleIds: fc.array(place, { maxLength: 3 }) }),
  write("POST", at("/flags/", flag, "/rules/", place, "/distributions"), distribution),
  write("PUT", at("/flags/", flag, "/rules/", place, "/distributions/", place), distribution),
  fc
    .tuple(at("/flags/", flag, "/rollouts"), rollout)
    .map(([path, body]) => ({ method: "POST", path: `/api/v1/namespaces/default${path}`, body })),
  write("DELETE", at("/flags/", flag, "/rules/", place, "/distributions/", place, "?variantId=", place)),
  ...["/flags/", "/segments/"].map((list) => write("DELETE", at(list, list === "/flags/" ? flag : segment))),
  ...["/variants/", "/rules/", "/rollouts/"].map((list) => write("DELETE", at("/flags/", flag, list, place))),
  write("DELETE", at("/segments/", segment, "/constraints/", place)),
];

const start: Write[] = [
  ...["f", "g"].map((flagKey) => ({
    method: "POST",
    path: "/api/v1/flags",
    body: { key: flagKey, name: "N", enabled: true },
  })),
  ...["s", "t"].map((segmentKey) => ({
    method: "POST",
    path: "/api/v1/segments",
    body: { key: segmentKey, name: "N" },
  })),
  ...["f", "g"].map((flagKey) => ({ method: "POST", path: `/api/v1/flags/${flagKey}/variants`, body: { key: "v" } })),
  { method: "POST", path: "/api/v1/flags/f/rules", body: { segmentKey: "s", rank: 1 } },
];
const end: Write[] = [
  "/flags",
  "/segments",
  "/flags/f/rules",
  "/flags/g/rules",
  "/namespaces/default/flags/f/rollouts",
].map((path) => ({ method: "GET", path: `/api/v1${path}` }));

/** Writes of one namespace that refer to each other, rightly and wrongly, and what stands there then. */
export const writes = (count: number): fc.Arbitrary<Write[]> =>
  fc.array(fc.oneof(...kinds), { minLength: count, maxLength: count }).map((some) => [...start, ...some, ...end]);

/** The write with the ids that an instance gave. */
export function filled(write: Write, ids: readonly string[]): Write {
  return JSON.parse(
    JSON.stringify(write).replace(/(?:#|%23)(\d+)/g, (_, index: string) => ids[Number(index)] ?? "absent"),
  ) as Write;
}
