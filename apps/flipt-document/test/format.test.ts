import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkDocuments, type Document, formatStream, parseStream } from "../src/index.ts";
import { documents, loadableDocuments } from "./arbitrary.ts";
import { stateOf } from "./state.ts";

const format = suite("format");
// fast-check names seed and path of a failure in its message.
const holds = (property: fc.IRawProperty<[Document[]]>, numRuns = 150) => fc.assert(property, { numRuns });

// UTF-8 has no lone surrogates: they become U+FFFD on the way out.
const wellFormed = <Value>(value: Value): Value => {
  if (typeof value === "string") return Buffer.from(value).toString() as Value;
  if (Array.isArray(value)) return value.map(wellFormed) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [wellFormed(key), wellFormed(inner)])) as Value;
};

for (const [name, arbitrary] of Object.entries({ documents, loadableDocuments })) {
  format(`round trip :: ${name} load back to the same state`, () =>
    holds(
      fc.property(arbitrary, (given) => {
        const { documents: read, complaints } = parseStream(formatStream(given));
        deepStrictEqual(complaints, []);
        deepStrictEqual(stateOf(read), stateOf(wellFormed(given)));
      }),
    ),
  );
  format(`round trip :: ${name} written again give the same bytes`, () =>
    holds(
      fc.property(arbitrary, (given) => {
        const text = formatStream(given);
        assert.is(formatStream(parseStream(text).documents), text);
      }),
    ),
  );
  format(`check :: ${name} are valid before they are written`, () =>
    holds(fc.property(arbitrary, (given) => deepStrictEqual(checkDocuments(given), []))),
  );
}

const reversed = ({ flags = [], segments = [], ...rest }: Document): Document => ({
  ...rest,
  segments: segments.toReversed(),
  flags: flags.toReversed().map((flag) => ({
    ...flag,
    ...(flag.variants && { variants: flag.variants.toReversed() }),
    ...(flag.metadata && { metadata: Object.fromEntries(Object.entries(flag.metadata).reverse()) }),
    ...(flag.rules && {
      rules: flag.rules.map(({ segment, ...rule }) => ({
        ...rule,
        segment: typeof segment === "string" ? segment : { ...segment, keys: segment.keys.toReversed() },
      })),
    }),
  })),
});

format("order :: namespaces, flags, segments, variants, keys and metadata do not matter", () =>
  holds(
    fc.property(documents, (given) => {
      assert.is(formatStream(given.toReversed().map(reversed)), formatStream(given));
    }),
  ),
);

format("order :: a document cut in two gives the same bytes", () =>
  holds(
    fc.property(documents, (given) => {
      const halves = given.flatMap(({ flags = [], segments = [], namespace }): Document[] => [
        { ...(namespace && { namespace }), segments },
        { ...(namespace && { namespace }), flags },
      ]);
      assert.is(formatStream(halves), formatStream(given));
    }),
  ),
);

format("layout :: the fields and lists of Flipt's own export", () => {
  const flag = (key: string): Document => ({ namespace: "default", flags: [{ key, name: "One" }] });
  const lines = ['version: "1.4"', "namespace:", "  key: default", "  name: Default", "flags:"];
  const one = ["- key: a", "  name: One", "  type: VARIANT_FLAG_TYPE", "  enabled: false"];
  const two = one.map((line) => line.replace("key: a", "key: b"));
  assert.is(formatStream([flag("b"), flag("a")]), [...lines, ...one, ...two, ""].join("\n"));
});

format("layout :: no documents are an empty text", () => assert.is(formatStream([]), ""));

format("layout :: the version stands in the first document only", () => {
  const text = formatStream([{ namespace: { key: "b" } }, { version: "1.1", namespace: { key: "a" } }]);
  assert.is(text, 'version: "1.4"\nnamespace:\n  key: a\n---\nnamespace:\n  key: b\n');
});

for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
  format(`numbers :: ${value} is refused by the check and by the writer`, () => {
    const given: Document[] = [{ flags: [{ key: "a", name: "A", variants: [{ key: "v", attachment: { value } }] }] }];
    assert.is(checkDocuments(given)[0]?.path, "flags.0.variants.0.attachment.value");
    assert.throws(() => formatStream(given), /finite numbers only/);
  });
}

format.run();
