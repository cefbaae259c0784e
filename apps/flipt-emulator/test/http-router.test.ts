import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Route } from "../src/http/route.ts";
import { createRouter } from "../src/http/router.ts";

const router = suite("router");

const route = (method: Route["method"], path: string): Route => ({
  method,
  path,
  operation: ["s", "m"],
  handle: () => ({}),
});

const match = createRouter([
  route("GET", "/"),
  route("GET", "/a/:key"),
  route("PUT", "/a/:key/rules/order"),
  route("PUT", "/a/:key/rules/:id"),
  route("GET", "/a/:key/rules/:id"),
  route("GET", "/a/:key/rules"),
]);

const rows: [method: string, path: string, found: string | undefined, params?: Record<string, string>][] = [
  ["GET", "/", "/", {}],
  ["GET", "/a/x", "/a/:key", { key: "x" }],
  ["GET", "/a/x/", "/a/:key", { key: "x" }],
  ["GET", "/a//rules", "/a/:key/rules", { key: "" }],
  ["GET", "/a/x/rules//", "/a/:key/rules/:id", { key: "x", id: "" }],
  ["PUT", "/a/x/rules/order", "/a/:key/rules/order", { key: "x" }],
  ["GET", "/a/x/rules/order", "/a/:key/rules/:id", { key: "x", id: "order" }],
  ["POST", "/a/x", "other method"],
  ["GET", "/b", undefined],
  ["GET", "/a/x/y", undefined],
];

for (const [method, path, expected, params] of rows) {
  router(`match :: ${method} ${path}`, () => {
    const found = match(method, path);
    if (typeof found !== "object") return assert.is(found, expected);
    assert.is(found.route.path, expected);
    assert.equal(found.params, params);
  });
}

router.run();
