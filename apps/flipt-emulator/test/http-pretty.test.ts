import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pretty } from "../src/http/pretty.ts";

const prettified = suite("pretty");

const rows: [name: string, body: object, kept: object][] = [
  ["empty values", { a: "", b: 0, c: false, d: [], e: "x", f: true }, { e: "x", f: true }],
  [
    "zero names of enums",
    { type: "VARIANT_FLAG_TYPE", matchType: "ALL_MATCH_TYPE", segmentOperator: "OR_SEGMENT_OPERATOR" },
    {},
  ],
  [
    "other names of enums",
    { type: "BOOLEAN_FLAG_TYPE", matchType: "ANY_MATCH_TYPE" },
    { type: "BOOLEAN_FLAG_TYPE", matchType: "ANY_MATCH_TYPE" },
  ],
  ["a zero name under another field", { name: "VARIANT_FLAG_TYPE" }, { name: "VARIANT_FLAG_TYPE" }],
  ["below", { flags: [{ key: "a", name: "" }, { key: "" }] }, { flags: [{ key: "a" }, {}] }],
  [
    "a caller's own JSON stays",
    { metadata: { empty: "", none: null, list: [] } },
    { metadata: { empty: "", none: null, list: [] } },
  ],
];
for (const [name, body, kept] of rows) {
  prettified(`leave out :: ${name}`, () => assert.is(pretty(body), JSON.stringify(kept, null, 2)));
}

prettified.run();
