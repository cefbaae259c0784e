import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startSidecar } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import { repository, run } from "../../../testing/process.ts";

const program = process.env.TEST_FLIPT_BIN;
const example = "apps/evaluation-client/examples/openfeature.ts";
const test = suite("openfeature");
let sidecar: Instance;

test.before(async () => {
  const state = await readFile(repository("k8s/bases/flipt-seed/features.yml"), "utf8");
  sidecar = await startSidecar({ state, ...(program && { program }) });
});
test.after(() => sidecar?.stop());

/** What the example prints. */
async function ask(...args: string[]): Promise<string> {
  const words = ["--import", "tsx", example, ...args];
  const { code, stdout, stderr } = await run(process.execPath, { args: words, cwd: repository("") });
  assert.equal([code, stderr], [0, ""]);
  return stdout;
}

/** The same question in Flipt's own words. */
async function variantOf(flagKey: string, entityId: string, country: string): Promise<string> {
  const body = JSON.stringify({ namespaceKey: "default", flagKey, entityId, context: { country } });
  const answer = await fetch(`${sidecar.url}/evaluate/v1/variant`, { method: "POST", body });
  return ((await answer.json()) as { variantKey: string }).variantKey;
}

for (const [entity, country] of [
  ["user-3", "DE"],
  ["user-4", "US"],
] as const) {
  test(`sidecar :: ${entity} from ${country} gets what Flipt evaluates`, async () => {
    const colour = await variantOf("button-colour", entity, country);
    const printed = await ask(sidecar.url, entity, country);
    assert.match(printed, /^dark-mode = false \(DEFAULT\)\n/);
    assert.match(printed, new RegExp(`^button-colour = ${colour} \\((TARGETING_MATCH|DEFAULT)\\)$`, "m"));
  });
}

test("nobody :: the application goes on with its own defaults", async () => {
  const printed = await ask(`http://127.0.0.1:${await freePort()}`);
  assert.is(printed, "dark-mode = false (GENERAL)\nbutton-colour = green (GENERAL)\n");
});

test("README :: shows the example", async () => {
  const [readme, source] = await Promise.all(
    ["apps/evaluation-client/README.md", example].map((path) => readFile(repository(path), "utf8")),
  );
  assert.ok(readme?.includes(source?.replace(/^(?=.)/gm, "    ") ?? ""), `README.md lacks ${example}`);
});

test.run();
