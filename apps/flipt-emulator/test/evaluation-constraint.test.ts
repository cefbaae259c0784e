import type { ComparisonType } from "flipt-document";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../src/evaluation/constraint.ts";
import type { Constraint } from "../src/model.ts";

const constraint = suite("constraint");

type Row = [type: string, operator: string, operand: string, matching: string[], other: string[]];

const rows: Row[] = [
  ["STRING", "eq", "a", ["a"], ["A", " a", ""]],
  ["STRING", "neq", "a", ["b", " a"], ["a", ""]],
  ["STRING", "empty", "", ["", " \u0085\u00a0"], ["a", "\ufeff"]],
  ["STRING", "notempty", "", ["a", "\ufeff"], ["", "\u2003"]],
  ["STRING", "prefix", "ab", ["abc", " abc"], ["cab", ""]],
  ["STRING", "prefix", " a", [], ["a", " a"]],
  ["STRING", "suffix", "bc", ["abc", "abc "], ["bca"]],
  ["STRING", "contains", "b", ["abc"], ["ac", ""]],
  ["STRING", "notcontains", "b", ["ac"], ["abc", ""]],
  ["STRING", "isoneof", '["a", null]', ["a"], ["b", ""]],
  ["STRING", "isnotoneof", '["a"]', ["b"], ["a", ""]],
  ["STRING", "isoneof", '["a"', [], ["a"]],
  ["STRING", "isnotoneof", '["a", 1]', [], ["b"]],
  ["STRING", "isnotoneof", "null", ["b"], [""]],
  ["NUMBER", "eq", "10", ["10", "1e1", "0xAp0", "+10"], [" 10", "ten", ""]],
  ["NUMBER", "neq", "10", ["9", "NaN"], ["10", "x"]],
  ["NUMBER", "lt", "10", ["9.99", "-Inf"], ["10", "NaN"]],
  ["NUMBER", "le", "10", [], ["9", "10"]],
  ["NUMBER", "lte", "10", ["10"], ["10.01"]],
  ["NUMBER", "gt", "10", ["11"], ["10"]],
  ["NUMBER", "gte", "10", ["10"], ["9.99"]],
  ["NUMBER", "gte", "ten", [], ["10"]],
  ["NUMBER", "isoneof", "[1, 2.5]", ["1.0", "25e-1"], ["3", "NaN", ""]],
  ["NUMBER", "isnotoneof", "[1]", ["2", "NaN"], ["1", "x"]],
  ["NUMBER", "isnotoneof", '["1"]', [], ["2"]],
  ["NUMBER", "isnotoneof", "[1e400]", [], ["2"]],
  ["NUMBER", "present", "", ["x"], ["", " "]],
  ["NUMBER", "notpresent", "", ["", " "], ["x"]],
  ["BOOLEAN", "true", "", ["1", "t", "T", "true", "TRUE", "True"], ["tRue", "yes", "false", ""]],
  ["BOOLEAN", "false", "", ["0", "f", "F", "false"], ["no", "true", ""]],
  ["DATETIME", "eq", "2026-01-01", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"], ["2026-01-02", ""]],
  ["DATETIME", "lt", "2026-01-01T00:00:00.5Z", ["2026-01-01T00:00:00.4Z"], ["2026-01-01T00:00:00.5Z"]],
  ["DATETIME", "neq", "tomorrow", [], ["2026-01-01"]],
  ["ENTITY_ID", "suffix", "-beta", ["u-beta"], ["beta-u"]],
  ["STRING", "toString", "x", [], ["x"]],
  ["NUMBER", "constructor", "1", [], ["1"]],
];

const constraintOf = (type: Constraint["type"], operator: string, value: string): Constraint => ({
  ...{ id: "", segmentKey: "", property: "", createdAt: "", updatedAt: "", namespaceKey: "", description: "" },
  ...{ type, operator, value },
});

for (const [type, operator, value, matching, other] of rows) {
  constraint(`${type.toLowerCase()} :: ${operator} ${value}`, () => {
    const test = compile(constraintOf(`${type}_COMPARISON_TYPE` as ComparisonType, operator, value));
    assert.equal(
      matching.filter((text) => !test(text)),
      [],
      "should match",
    );
    assert.equal(other.filter(test), [], "should not match");
  });
}

constraint("unknown :: fails the evaluation", () => {
  const test = compile(constraintOf("UNKNOWN_COMPARISON_TYPE", "true", ""));
  assert.throws(() => test("true"), "unknown constraint type");
});

constraint.run();
