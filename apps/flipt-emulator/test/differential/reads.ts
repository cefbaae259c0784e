import fc from "fast-check";
import type { Asked } from "./answers.ts";

const namespaces = ["n0", "n1", "absent", "default", "", "n\u0000", "n\u0085", 'n"'];
const flags = ["v0", "v1", "b0", "absent", "", "v\u0000", "v\u001f", "v\u2028", 'v"'];
const segments = ["s0", "s1", "absent", "s\u0000"];
const numbers = [
  "0",
  "1",
  "2",
  "3",
  "-1",
  "-2",
  "99",
  "+1",
  "01",
  "2147483647",
  "2147483648",
  "-2147483649",
  "x",
  "1.0",
  "",
  " 1",
];
const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
const tokens = [
  "0",
  "1",
  "2",
  "-1",
  "99",
  "x",
  "1.0",
  token({}),
  token(null),
  token({ offset: 1 }),
  token({ offset: 99 }),
].concat([token({ offset: -1 }), token({ offset: "1" }), token({ key: 5 }), token([])]);

const one = (name: string, values: readonly string[]): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 4, arbitrary: fc.constantFrom(...values).map((value) => [`${name}=${encodeURIComponent(value)}`]) },
  );
/** In a query of two faults it is random in the original which of them is told: one field of a kind at most. */
const paging = fc.oneof(
  fc.tuple(one("limit", numbers)),
  fc.tuple(one("offset", numbers)),
  fc.tuple(one("limit", ["0", "1", "2", "-1", "-2"]), one("offset", ["0", "1", "2", "-1", "99"])),
  fc.tuple(one("limit", ["0", "1", "2", "-1"]), fc.oneof(one("pageToken", tokens), one("page_token", tokens))),
);
const byQuery = fc.oneof(one("namespaceKey", namespaces), one("namespace_key", namespaces));

const list = fc.oneof(
  fc.constantFrom("/flags", "/segments"),
  fc.constantFrom(...flags).map((key) => `/flags/${encodeURIComponent(key)}/rules`),
);
const item = fc.oneof(
  fc.constantFrom(...flags).map((key) => `/flags/${encodeURIComponent(key)}`),
  fc.constantFrom(...segments).map((key) => `/segments/${encodeURIComponent(key)}`),
  fc.constantFrom(...flags).map((key) => `/flags/${encodeURIComponent(key)}/rules/absent`),
);
const base = fc.oneof(
  fc.constant("/api/v1"),
  fc.constantFrom(...namespaces).map((key) => `/api/v1/namespaces/${encodeURIComponent(key)}`),
);
const get = (path: fc.Arbitrary<string>, query: fc.Arbitrary<string[]>): fc.Arbitrary<Asked> =>
  fc.tuple(path, query).map(([where, fields]) => ({ method: "GET", path: `${where}?${fields.join("&")}` }));

const under = (path: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(base, path).map((parts) => parts.join(""));
const query = fc.tuple(byQuery, paging).map(([namespace, rest]) => [...namespace, ...rest.flat()]);
const rollouts = fc
  .tuple(fc.constantFrom(...namespaces), fc.constantFrom(...flags))
  .map(
    ([namespace, key]) =>
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/flags/${encodeURIComponent(key)}/rollouts`,
  );

// without an entity the original draws one by chance
const context = fc.record({
  targetingKey: fc.constantFrom("u1", "", "é", "u\u0000"),
  country: fc.constantFrom("DE", "", "\u0000"),
});
const names = fc
  .array(fc.constantFrom("v0", "v1", "b0", " b1 ", "absent", ""), { maxLength: 3 })
  .map((keys) => keys.join());
const bulk = fc.record({
  context: fc.oneof(
    context,
    fc.tuple(context, names).map(([given, flags]) => ({ ...given, flags })),
  ),
});
const ofrep: fc.Arbitrary<Asked> = fc
  .tuple(fc.constantFrom("", ...flags.filter((key) => key !== "").map((key) => `/${encodeURIComponent(key)}`)), bulk)
  .chain(([key, body]) =>
    fc.constantFrom("n0", "n1", "absent", "").map((namespace) => ({
      method: "POST",
      path: `/ofrep/v1/evaluate/flags${key}`,
      headers: { "x-flipt-namespace": namespace },
      body,
    })),
  );

const legacy: fc.Arbitrary<Asked> = fc
  .record({
    flagKey: fc.constantFrom(...flags),
    entityId: fc.constantFrom("u1", "u\u0000", ""),
    namespaceKey: fc.constantFrom("n0", "absent"),
    reference: fc.constantFrom<unknown>("r", 5, {}, null),
  })
  .map((body) => ({ method: "POST", path: "/api/v1/evaluate", body }));

/** Requests that change nothing: namespaces by path, query and body, extremes of paging, characters that nobody types, OFREP. */
export const reads = (count: number): fc.Arbitrary<Asked[]> =>
  fc.array(
    fc.oneof(
      get(under(list), query),
      get(rollouts, query),
      get(
        fc.constant("/api/v1/namespaces"),
        paging.map((rest) => rest.flat()),
      ),
      get(under(item), byQuery),
      ofrep,
      legacy,
    ),
    {
      minLength: count,
      maxLength: count,
    },
  );
