import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Failure } from "../src/failure.ts";
import { question, questionOfQuery } from "../src/question.ts";

const test = suite("question");
const asked = { flagKey: "dark-mode", entityId: "u1" };

const refuses = (title: string, ask: () => unknown, message: RegExp) =>
  test(`refuses :: ${title}`, () => {
    assert.throws(ask, (error: Failure) => {
      assert.instance(error, Failure);
      assert.is(error.kind, "bad-request");
      assert.match(error.message, message);
      return true;
    });
  });

test("body :: fills in backend, namespace and context", () => {
  assert.equal(question(asked), { ...asked, backend: "sidecar", namespaceKey: "default", context: {} });
});

test("body :: keeps what is given", () => {
  const full = { ...asked, backend: "both", namespaceKey: "production", context: { a: "b" }, type: "boolean" };
  assert.equal(question(full), full);
});

test("body :: a property named __proto__ stays a property", () => {
  const { context } = question(JSON.parse('{"flagKey":"f","entityId":"e","context":{"__proto__":"x"}}'));
  assert.is(JSON.stringify(context), '{"__proto__":"x"}');
});

refuses("no object", () => question([]), /not a JSON object/);
refuses("null", () => question(null), /not a JSON object/);
refuses("unknown field", () => question({ ...asked, flag: 1 }), /"flag" is unknown \(known: backend, /);
refuses("backend", () => question({ ...asked, backend: "replica" }), /"backend" is not one of sidecar, master, both/);
refuses(
  "namespace that leaves its place",
  () => question({ ...asked, namespaceKey: ".." }),
  /"namespaceKey" is not a key/,
);
refuses("no flag", () => question({ entityId: "u" }), /"flagKey" is not a key/);
refuses("empty entity", () => question({ ...asked, entityId: "" }), /"entityId" is not a text/);
refuses(
  "number in context",
  () => question({ ...asked, context: { age: 5 } }),
  /"context" is not an object whose values/,
);
refuses("list as context", () => question({ ...asked, context: ["a"] }), /"context" is not an object/);
refuses("type", () => question({ ...asked, type: "text" }), /"type" is not one of variant, boolean/);
refuses("every complaint at once", () => question({ backend: 1 }), /"backend".*; "flagKey".*; "entityId"/);

test("query :: entity and backend aside, everything is context", () => {
  const query = new URLSearchParams("entity=u1&backend=both&country=DE&plan=a%20b");
  const context = { country: "DE", plan: "a b" };
  const expected = { backend: "both", namespaceKey: "default", flagKey: "f", entityId: "u1", context };
  assert.equal(questionOfQuery("default", "f", query), expected);
});

refuses("query without entity", () => questionOfQuery("a", "b", new URLSearchParams("")), /"entity" is missing/);
refuses("query twice", () => questionOfQuery("a", "b", new URLSearchParams("entity=1&k=1&k=2")), /more than once: k$/);

test.run();
