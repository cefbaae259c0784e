import type { V1Deployment, V1EnvVar } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tokenSource } from "../../src/drivers/kubernetes/lab/token.ts";

const test = suite("token");

const master = (env: V1EnvVar[]): V1Deployment => ({
  spec: { selector: {}, template: { spec: { containers: [{ name: "flipt-master", env }] } } },
});
const required = (value: string): V1EnvVar => ({ name: "FLIPT_AUTHENTICATION_REQUIRED", value });
const name = "FLIPT_AUTHENTICATION_METHODS_TOKEN_BOOTSTRAP_TOKEN";
const source: V1EnvVar = { name, valueFrom: { secretKeyRef: { name: "flipt-token", key: "token" } } };

for (const [title, env, expected] of [
  ["a master that demands one", [required("true"), source], source],
  ["a master that demands none", [], undefined],
  ["a master that has one and does not demand it", [required("false"), source], undefined],
  ["a master that demands one and was given none", [required("true")], undefined],
] as [string, V1EnvVar[], V1EnvVar | undefined][]) {
  test(`source :: ${title}`, () => assert.equal(tokenSource(master(env)), expected));
}

test.run();
