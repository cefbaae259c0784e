import { suite } from "uvu";
import * as assert from "uvu/assert";
import { corsAnswer } from "../src/http/cors.ts";

// What is recorded is replayed by conformance.test.ts; these hold what follows from it.
const test = suite("cors");

const origin = "https://app.example.com";
const simple = (origins: readonly string[], from: string) => corsAnswer(origins, "GET", { origin: from }).headers;
const allowedOrigin = (origins: readonly string[], from: string): string | undefined =>
  simple(origins, from)["access-control-allow-origin"];

const rows: [origins: string[], from: string, allowed: string | undefined][] = [
  [["*"], origin, "*"],
  [[origin], origin, origin],
  [[origin], "https://APP.example.com", "https://APP.example.com"],
  [["https://*.example.com"], origin, origin],
  [["https://*.example.com"], "https://example.com", undefined],
  [["https://*.example.com"], "http://app.example.com", undefined],
  [["https://a*a"], "https://a", undefined],
  [["https://other.example.com", origin], origin, origin],
  [[origin], "https://app.example.com.evil.example", undefined],
  [["https://*.example.com"], "https://app.example.com.evil.example", undefined],
  [[], origin, undefined],
];
for (const [origins, from, allowed] of rows) {
  test(`origin :: ${origins.join(" ")} from ${from}`, () => assert.is(allowedOrigin(origins, from), allowed));
}

test("refused :: only that the answer depends on the origin is told", () => {
  assert.equal(simple([origin], "https://evil.example"), { vary: "Origin" });
});

const preflight = (method: string, headers?: string) =>
  corsAnswer([origin], "OPTIONS", {
    origin,
    "access-control-request-method": method,
    ...(headers !== undefined && { "access-control-request-headers": headers }),
  });
const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
const granted = {
  vary,
  "access-control-allow-credentials": "true",
  "access-control-allow-origin": origin,
  "access-control-allow-methods": "PUT",
  "access-control-max-age": "300",
};

test("preflight :: what is allowed is said, headers in their usual spelling", () => {
  assert.equal(preflight("PUT"), { preflight: true, headers: granted });
  assert.equal(preflight("PUT", "x-flipt-namespace,  content-type"), {
    preflight: true,
    headers: { ...granted, "access-control-allow-headers": "X-Flipt-Namespace, Content-Type" },
  });
});

for (const [name, answer] of [
  ["a method", preflight("PATCH")],
  ["a header", preflight("PUT", "content-type, x-own")],
  ["an origin", corsAnswer([origin], "OPTIONS", { origin: "null", "access-control-request-method": "PUT" })],
] as const) {
  test(`preflight :: ${name} that is not allowed gets no permission`, () =>
    assert.equal(answer, { preflight: true, headers: { vary } }));
}

test("OPTIONS :: without a wanted method or an origin it is a request like others", () => {
  assert.is(corsAnswer([origin], "OPTIONS", { origin }).preflight, false);
  assert.is(corsAnswer([origin], "OPTIONS", { "access-control-request-method": "PUT" }).preflight, false);
});

test.run();
