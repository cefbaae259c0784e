import fc from "fast-check";
import type {
  ComparisonType,
  Document,
  DocumentConstraint,
  DocumentFlag,
  DocumentSegment,
  Json,
  SegmentOperator,
} from "flipt-document";

/** What is asked of a namespace. */
export interface Question {
  flagKey: string;
  entityId: string;
  context: Record<string, string>;
}

// few keys and values, so that constraints are met as often as not
const properties = ["country", "total", "member", "since"];
const strings = ["", " ", "DE", "de", " DE", "DE ", "DEU", "\u00a0", "\ufeff", "é", "🚀", "a,b", "\u0085x"];
const numbers = ["0", "-0", "10", "10.0", "1e1", "1_0", "0x0A", "0x1p3", ".5", "5.", "+10", " 10", "Inf", "NaN", "ten"];
const booleans = ["true", "TRUE", "t", "T", "1", "0", "f", "False", "yes", "tRUE", ""];
const dates = [
  "2026-01-01",
  "2026-01-01T00:00:00Z",
  "2026-01-01T01:00:00+01:00",
  "2026-01-01T00:00:00.5Z",
  "2026-01-01T00:00:00,5Z",
  "2026-1-1",
  "2026-02-30",
  "2025-12-31T24:00:00Z",
  "2026-01-01T0:00:00Z",
  "2026-01-01t00:00:00z",
];
const lists = [
  "[]",
  "[10]",
  '["DE"]',
  '["DE","de"]',
  "[10,0.5]",
  '["10"]',
  "[true]",
  "[",
  "null",
  '"DE"',
  '["u1","u2"]',
];
const entities = ["", "u1", "u2", "entity", "é", "🚀", " u1"];

const pools: Record<ComparisonType, { operators: string[]; operands: string[] }> = {
  STRING_COMPARISON_TYPE: {
    operators: "eq neq empty notempty prefix suffix isoneof isnotoneof contains notcontains".split(" "),
    operands: [...strings, ...numbers],
  },
  NUMBER_COMPARISON_TYPE: {
    operators: "eq neq present notpresent le lte gt gte isoneof isnotoneof".split(" "),
    operands: numbers,
  },
  BOOLEAN_COMPARISON_TYPE: { operators: "true false present notpresent".split(" "), operands: booleans },
  DATETIME_COMPARISON_TYPE: { operators: "eq neq present notpresent le lte gt gte".split(" "), operands: dates },
  ENTITY_ID_COMPARISON_TYPE: {
    operators: "eq neq empty notempty prefix suffix isoneof isnotoneof contains notcontains".split(" "),
    operands: entities,
  },
};
const types = Object.keys(pools) as ComparisonType[];

const constraint: fc.Arbitrary<DocumentConstraint> = fc.constantFrom(...types).chain((type) => {
  const { operators, operands } = pools[type];
  return fc.constantFrom(...operators).chain((operator) =>
    fc.record({
      type: fc.constant(type),
      property: type === "ENTITY_ID_COMPARISON_TYPE" ? fc.constant("entityId") : fc.constantFrom(...properties),
      operator: fc.constant(operator),
      value: fc.constantFrom(...(operator.endsWith("oneof") ? lists : operands)),
    }),
  );
});

const segmentKeys = ["s0", "s1", "s2", "s3"];
const segment = (key: string): fc.Arbitrary<DocumentSegment> =>
  fc.record({
    key: fc.constant(key),
    name: fc.constant(key),
    match_type: fc.constantFrom("ALL_MATCH_TYPE", "ANY_MATCH_TYPE"),
    constraints: fc.array(constraint, { maxLength: 3 }),
  });

const share = fc.oneof(
  fc.constantFrom(0, 0.05, 14.29, 33.33, 33.34, 50, 99.99, 100),
  fc.integer({ min: 0, max: 10_000 }).map((value) => value / 100),
);
const chosen = fc.record({
  keys: fc.subarray(segmentKeys, { minLength: 1 }),
  operator: fc.constantFrom<SegmentOperator>("AND_SEGMENT_OPERATOR", "OR_SEGMENT_OPERATOR"),
});
const variantKeys = ["a", "b", "c"];
const attachments: (Json | undefined)[] = [undefined, { k: "<v>" }, [1, null], { z: 1, a: { n: 1.5 } }];

const variantFlag = (key: string): fc.Arbitrary<DocumentFlag> =>
  fc.record({
    key: fc.constant(key),
    name: fc.constant(key),
    enabled: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    variants: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(...attachments)).map(([preset, attachment]) =>
      variantKeys.map((variant, index) => ({
        key: variant,
        ...(index === preset && { default: true }),
        ...(index === 1 && attachment !== undefined && { attachment }),
      })),
    ),
    rules: fc.array(
      fc.record({
        segment: fc.oneof(fc.constantFrom(...segmentKeys), chosen),
        distributions: fc
          .subarray(variantKeys)
          .chain((keys) =>
            fc.tuple(...keys.map((variant) => fc.record({ variant: fc.constant(variant), rollout: share }))),
          ),
      }),
      { maxLength: 3 },
    ),
  });

const rollout = fc.oneof(
  fc.record({ threshold: fc.record({ percentage: share, value: fc.boolean() }) }),
  fc.record({ segment: fc.record({ key: fc.constantFrom(...segmentKeys), value: fc.boolean() }) }),
  fc.tuple(chosen, fc.boolean()).map(([choice, value]) => ({ segment: { ...choice, value } })),
);
const booleanFlag = (key: string): fc.Arbitrary<DocumentFlag> =>
  fc.record({
    key: fc.constant(key),
    name: fc.constant(key),
    type: fc.constant("BOOLEAN_FLAG_TYPE" as const),
    enabled: fc.boolean(),
    rollouts: fc.array(rollout, { maxLength: 3 }),
  });

const value = fc.constantFrom(...properties).chain((property) => {
  const known = { country: strings, total: numbers, member: booleans, since: dates }[property] ?? strings;
  const other = property === "total" ? fc.double().map(String) : fc.string({ unit: "grapheme", maxLength: 4 });
  return fc.tuple(
    fc.constant(property),
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: other }),
  );
});
const context = fc.array(value, { maxLength: 5 }).map((given) => Object.fromEntries(given));

const question = fc.record({
  flagKey: fc.oneof(
    { weight: 19, arbitrary: fc.constantFrom("v0", "v1", "v2", "b0", "b1") },
    { weight: 1, arbitrary: fc.constantFrom("missing", "") },
  ),
  entityId: fc.oneof(fc.constantFrom(...entities), fc.uuid(), fc.string({ unit: "grapheme", maxLength: 8 })),
  context,
});

/** A valid document of one namespace, for a loader as well as for an import. */
export const evaluable = (namespace: string): fc.Arbitrary<Document> =>
  fc.record({
    namespace: fc.constant({ key: namespace, name: namespace }),
    flags: fc.tuple(...["v0", "v1", "v2"].map(variantFlag), ...["b0", "b1"].map(booleanFlag)),
    segments: fc.tuple(...segmentKeys.map(segment)),
  });

export const questions = (count: number): fc.Arbitrary<Question[]> =>
  fc.array(question, { minLength: count, maxLength: count });
