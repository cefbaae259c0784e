import fc from "fast-check";
import type {
  ComparisonType,
  Document,
  DocumentConstraint,
  DocumentDistribution,
  DocumentFlag,
  DocumentRollout,
  DocumentRule,
  DocumentSegment,
  DocumentVariant,
  Json,
  SegmentOperator,
} from "../src/index.ts";

/** How far the documents go: what the management API and the loader both take, or all that the loader takes. */
interface Reach {
  key: fc.Arbitrary<string>;
  variantKey: fc.Arbitrary<string>;
  text: fc.Arbitrary<string>;
  integer: fc.Arbitrary<Json>;
  lessOrEqual: boolean;
}

// Words that some version of YAML reads as no string, and characters that break naive quoting.
const traps =
  "on y yes No null ~ true 5 1_0 0x1f 1e3 .5 -0 2026-01-01 1:30 << = - ? #a a#b [ { ' \" : , & *a !b | > % @ `".split(
    " ",
  );
const awkward = [
  ...traps,
  " led",
  "trailed ",
  "a: b",
  "a #b",
  "…",
  "äöü",
  "日本語",
  "🚀",
  "<b>&amp;</b>",
  "a\tb",
  "'single'",
  '"double"',
  "\\",
  "---",
];
const lines = ["a\nb", "a\n\n b\n", "\n", "a\r\nb"];
const strange = [
  "\u0000",
  "\u0007",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\ufffe",
  "\ud800",
  "x".repeat(2000),
  "é".repeat(600),
];

const word = fc.stringMatching(/^[-_,A-Za-z0-9]{1,12}$/);
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const oneLine = (text: string) => text !== "" && !text.includes("\n");

const api: Reach = {
  key: fc.oneof(word, fc.constantFrom("on", "y", "null", "5", "1_0", "0x1f", "-0", "true", "1e3", "-")),
  variantKey: word,
  text: fc.oneof(fc.string({ unit: "grapheme", maxLength: 30 }), fc.constantFrom(...awkward, ...lines)),
  integer: fc.integer(),
  lessOrEqual: false,
};
const loader: Reach = {
  ...api,
  variantKey: fc.oneof(word, api.text.filter(oneLine)),
  text: fc.oneof(api.text, fc.constantFrom(...strange), fc.string({ unit: "binary", maxLength: 12 })),
  integer: fc.oneof(fc.integer(), fc.bigInt(2n ** 53n, 2n ** 64n - 1n), fc.bigInt(-(2n ** 63n), -(2n ** 53n))),
  lessOrEqual: true,
};

const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53, -(2 ** 60)),
);

function json({ text, integer }: Reach): fc.Arbitrary<Json> {
  const scalar: fc.Arbitrary<Json> = fc.oneof(text, integer, double, fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      scalar,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(text, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  return fc.oneof(fc.array(tree, { maxLength: 4 }), fc.dictionary(text, tree, { maxKeys: 4 }));
}

const instant = fc
  .date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const values: Record<
  ComparisonType,
  { property: fc.Arbitrary<string>; value: (text: fc.Arbitrary<string>) => fc.Arbitrary<string> }
> = {
  STRING_COMPARISON_TYPE: { property: word, value: (text) => text.filter((each) => each.trim() !== "") },
  NUMBER_COMPARISON_TYPE: { property: word, value: () => fc.integer().map(String) },
  BOOLEAN_COMPARISON_TYPE: { property: word, value: () => fc.constant("") },
  DATETIME_COMPARISON_TYPE: { property: word, value: () => instant },
  ENTITY_ID_COMPARISON_TYPE: {
    property: fc.constant("entityId"),
    value: (text) => text.filter((each) => each.trim() !== ""),
  },
};
const operators: Record<ComparisonType, string[]> = {
  STRING_COMPARISON_TYPE: "eq neq empty notempty prefix suffix isoneof isnotoneof contains notcontains".split(" "),
  NUMBER_COMPARISON_TYPE: "eq neq present notpresent lte gt gte isoneof isnotoneof".split(" "),
  BOOLEAN_COMPARISON_TYPE: "true false present notpresent".split(" "),
  DATETIME_COMPARISON_TYPE: "eq neq present notpresent lte gt gte".split(" "),
  ENTITY_ID_COMPARISON_TYPE: "eq neq isoneof isnotoneof contains notcontains".split(" "),
};
const valueless = ["empty", "notempty", "present", "notpresent", "true", "false"];
const types = Object.keys(operators) as ComparisonType[];

function constraint(reach: Reach): fc.Arbitrary<DocumentConstraint> {
  const choices = types.flatMap((type) => {
    const ordered = type === "NUMBER_COMPARISON_TYPE" || type === "DATETIME_COMPARISON_TYPE";
    return [...operators[type], ...(ordered && reach.lessOrEqual ? ["le"] : [])].map((operator) => ({
      type,
      operator,
    }));
  });
  return fc.constantFrom(...choices).chain(({ type, operator }) => {
    const { property, value } = values[type];
    const number = type === "NUMBER_COMPARISON_TYPE";
    const list = fc
      .array<string | number>(number ? fc.integer() : word, { maxLength: 5 })
      .map((items) => JSON.stringify(items));
    const operand = valueless.includes(operator)
      ? fc.constant(undefined)
      : operator.endsWith("oneof")
        ? list
        : value(reach.text);
    return fc.record({
      type: fc.constant(type),
      property,
      operator: fc.constant(operator),
      value: operand,
      description: optional(reach.text),
    });
  });
}

function segment(reach: Reach): fc.Arbitrary<DocumentSegment> {
  return fc.record({
    key: reach.key,
    name: reach.text.filter(oneLine),
    description: optional(reach.text),
    constraints: optional(fc.array(constraint(reach), { maxLength: 4 })),
    match_type: fc.constantFrom("ALL_MATCH_TYPE", "ANY_MATCH_TYPE"),
  });
}

function variant(reach: Reach): fc.Arbitrary<DocumentVariant> {
  return fc.record({
    key: reach.variantKey,
    name: optional(reach.text.filter(oneLine)),
    description: optional(reach.text),
    attachment: optional(json(reach)),
  });
}

const operator = fc.constantFrom<SegmentOperator>("AND_SEGMENT_OPERATOR", "OR_SEGMENT_OPERATOR");
const percentage = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 10_000 }).map((value) => value / 100),
);
const several = (segments: string[]) => fc.uniqueArray(fc.constantFrom(...segments), { minLength: 1, maxLength: 3 });

function rule(segments: string[], variants: string[]): fc.Arbitrary<DocumentRule> {
  const one = fc.constantFrom(...segments);
  const distributed =
    variants.length === 0 ? fc.constant<string[]>([]) : fc.uniqueArray(fc.constantFrom(...variants), { maxLength: 3 });
  const distributions: fc.Arbitrary<DocumentDistribution[]> = distributed.chain((keys) =>
    fc.tuple(...keys.map((key) => fc.record({ variant: fc.constant(key), rollout: percentage }))),
  );
  return fc.record({ segment: fc.oneof(one, fc.record({ keys: several(segments), operator })), distributions });
}

function rollout(segments: string[], reach: Reach): fc.Arbitrary<DocumentRollout> {
  const description = optional(reach.text);
  const threshold = fc.record({ description, threshold: fc.record({ percentage, value: fc.boolean() }) });
  if (segments.length === 0) return threshold;
  const bySegment = fc.oneof(
    fc.record({ key: fc.constantFrom(...segments), value: fc.boolean() }),
    fc.record({ keys: several(segments), operator, value: fc.boolean() }),
  );
  return fc.oneof(threshold, fc.record({ description, segment: bySegment }));
}

function flag(segments: string[], reach: Reach): fc.Arbitrary<DocumentFlag> {
  const metadata = fc.dictionary(reach.text, fc.oneof(reach.text, fc.integer(), double, fc.boolean()), { maxKeys: 4 });
  const base = {
    key: reach.key,
    name: reach.text.filter(oneLine),
    description: optional(reach.text),
    enabled: optional(fc.boolean()),
    metadata: optional(metadata),
  };
  const variants = fc.uniqueArray(variant(reach), { selector: ({ key }) => key, maxLength: 4 });
  const variantFlag = fc.tuple(variants, fc.nat()).chain(([all, pick]) => {
    const chosen = all.map((each, index) => (pick % 5 === index ? { ...each, default: true } : each));
    const rules =
      segments.length === 0
        ? fc.constant<DocumentRule[]>([])
        : fc.array(
            rule(
              segments,
              all.map(({ key }) => key),
            ),
            { maxLength: 3 },
          );
    const type = fc.constantFrom("VARIANT_FLAG_TYPE" as const, undefined);
    return fc.record({ ...base, type, variants: fc.constant(chosen), rules });
  });
  const rollouts = fc.array(rollout(segments, reach), { maxLength: 3 });
  return fc.oneof(variantFlag, fc.record({ ...base, type: fc.constant("BOOLEAN_FLAG_TYPE" as const), rollouts }));
}

function document(key: string, reach: Reach): fc.Arbitrary<Document> {
  const namespace = fc.record({
    key: fc.constant(key),
    name: reach.text.filter(oneLine),
    description: optional(reach.text),
  });
  return fc.uniqueArray(segment(reach), { selector: (each) => each.key, maxLength: 4 }).chain((segments) => {
    const keys = segments.map((each) => each.key);
    const flags = fc.uniqueArray(flag(keys, reach), { selector: (each) => each.key, maxLength: 5 });
    return fc.record({ namespace, flags, segments: fc.constant(segments) });
  });
}

function stream(reach: Reach): fc.Arbitrary<Document[]> {
  return fc
    .uniqueArray(fc.oneof(fc.constant("default"), reach.key), { minLength: 1, maxLength: 3 })
    .chain((keys) => fc.tuple(...keys.map((key) => document(key, reach))));
}

/** Valid documents, one a namespace, of what both the management API and the loader of v1.61.1 take. */
export const documents: fc.Arbitrary<Document[]> = stream(api);

/** Valid documents of all that the loader takes: any character, integers beyond 2^53, any variant key, `le`. */
export const loadableDocuments: fc.Arbitrary<Document[]> = stream(loader);
