import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { repository, run } from "../../../../testing/process.ts";
import { formatState } from "../../src/bench/state.ts";

const test = suite("state");

test("holds :: what was asked for", () => {
  const { namespace, flags, segments } = parse(formatState("n", { flags: 3, rules: 2, switches: 1 }));
  assert.is(namespace.key, "n");
  assert.equal(
    flags.map(({ key, rules = [] }: { key: string; rules?: { segment: string; distributions: object[] }[] }) => [
      key,
      rules.map(({ segment, distributions }) => [segment, distributions.length]),
    ]),
    [
      ...["flag-1", "flag-2", "flag-3"].map((key) => [
        key,
        [
          ["segment-1", 2],
          ["segment-2", 2],
        ],
      ]),
      ["switch-1", []],
    ],
  );
  assert.equal(
    segments.map(({ constraints }: { constraints: { value: string }[] }) => constraints[0]?.value),
    ["tier-1", "tier-2"],
  );
});

test("large :: fifty flags of fifty rules, and the loader takes it", async () => {
  const document = formatState("bench-large", { flags: 50, rules: 50, switches: 7 });
  assert.ok(document.length > 300_000 && document.length < 400_000, `${document.length} bytes`);
  const folder = await mkdtemp(join(tmpdir(), "state-"));
  try {
    await writeFile(join(folder, "features.yml"), document);
    const flipt = repository("apps/flipt-emulator/bin.js");
    const { code, stdout, stderr } = await run(process.execPath, {
      args: [flipt, "validate", "features.yml"],
      cwd: folder,
    });
    assert.is(code, 0, `${stdout}${stderr}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
