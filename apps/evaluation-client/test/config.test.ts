import { suite } from "uvu";
import * as assert from "uvu/assert";
import { config } from "../src/config.ts";

const test = suite("config");

test("defaults :: an empty environment", () => {
  assert.equal(config({}), {
    port: 8000,
    host: "127.0.0.1",
    sidecarUrl: "http://localhost:8080",
    namespace: "default",
    timeoutMs: 2000,
    exportSchedule: { text: "*/1 * * * *", minutes: Array.from({ length: 60 }, (_, minute) => minute) },
  });
});

const accepted = [
  ["PORT", "0", { port: 0 }],
  ["HOST", "0.0.0.0", { host: "0.0.0.0" }],
  ["FLIPT_SIDECAR_URL", "https://flipt.example/base/", { sidecarUrl: "https://flipt.example/base" }],
  ["FLIPT_MASTER_URL", "http://[::1]:8080", { masterUrl: "http://[::1]:8080" }],
  ["FLIPT_MASTER_URL", "", {}],
  ["FLIPT_NAMESPACE", "production", { namespace: "production" }],
  ["FLIPT_READY_FLAG", "default/dark-mode", { readyFlag: { namespaceKey: "default", flagKey: "dark-mode" } }],
  ["REQUEST_TIMEOUT", "500ms", { timeoutMs: 500 }],
  ["REQUEST_TIMEOUT", "1.5s", { timeoutMs: 1500 }],
  ["EXPORT_SCHEDULE", "5s", { exportSchedule: { text: "5s", everyMs: 5000 } }],
  ["EXPORT_SCHEDULE", "30 * * * *", { exportSchedule: { text: "30 * * * *", minutes: [30] } }],
] as const;
for (const [name, text, expected] of accepted) {
  test(`accepts :: ${name}=${text}`, () => assert.equal(config({ [name]: text }), { ...config({}), ...expected }));
}

const refused = [
  ["PORT", "x"],
  ["PORT", "65536"],
  ["PORT", "-1"],
  ["FLIPT_SIDECAR_URL", "localhost:8080"],
  ["FLIPT_SIDECAR_URL", "grpc://localhost:9000"],
  ["FLIPT_SIDECAR_URL", "http://localhost:8080/?a=b"],
  ["FLIPT_MASTER_URL", "master"],
  ["FLIPT_NAMESPACE", "a/b"],
  ["FLIPT_READY_FLAG", "dark-mode"],
  ["FLIPT_READY_FLAG", "a/b/c"],
  ["REQUEST_TIMEOUT", "2"],
  ["REQUEST_TIMEOUT", "1ms"],
  ["REQUEST_TIMEOUT", "61s"],
  ["EXPORT_SCHEDULE", "daily"],
] as const;
for (const [name, text] of refused) {
  test(`refuses :: ${name}=${text}`, () => {
    assert.throws(
      () => config({ [name]: text }),
      (error: Error) => error.message.startsWith(`bad environment: ${name}="${text}" is not `),
    );
  });
}

test("refuses :: every complaint in one line", () => {
  assert.throws(
    () => config({ PORT: "x", REQUEST_TIMEOUT: "soon", FLIPT_SIDECAR_URL: "no" }),
    /^bad environment: PORT=.*; FLIPT_SIDECAR_URL=.*; REQUEST_TIMEOUT=[^\n]*$/,
  );
});

test.run();
