import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository, run } from "../../../testing/process.ts";
import { formatState } from "../src/bench/state.ts";
import { modeNames } from "../src/modes.ts";

// npm run test:states: `lab verify` on five states of people's flags, in both modes, each on a lab of its own. FLIPT_BIN and
// MINIO_BIN name the real programs. Prints the last line of each; exit 1 when one is not verified.

const foreign = `version: "1.4"
namespace: backend
flags:
  - {key: cache, name: Cache, type: BOOLEAN_FLAG_TYPE, enabled: true}
  - key: engine
    name: Engine
    enabled: true
    variants: [{key: old}, {key: new, attachment: {pool: 8}}]
    rules: [{segment: all, distributions: [{variant: old, rollout: 50}, {variant: new, rollout: 50}]}]
segments:
  - {key: all, name: All, match_type: ALL_MATCH_TYPE}
`;

/** What a lab starts with, by the name of the state: a document, or the option that stands for one. */
const states: Record<string, string[] | string> = {
  "the seed": [],
  "one boolean": "flags:\n  - {key: only, name: Only, type: BOOLEAN_FLAG_TYPE, enabled: true}\n",
  "only a foreign namespace": foreign,
  "57 flags, 50 rules each": formatState("default", { flags: 50, rules: 50, switches: 7 }),
  empty: ["--no-seed"],
};

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const dir = await mkdtemp(join(tmpdir(), "states-"));
let failed = false;
for (const [name, state] of Object.entries(states)) {
  for (const mode of modeNames) {
    if (!`${name}, ${mode}`.includes(values.only)) continue;
    const file = join(dir, "state.yml");
    if (typeof state === "string") await writeFile(file, state);
    const { FLIPT_BIN, MINIO_BIN } = process.env;
    const { code, stdout, stderr } = await run(process.execPath, {
      args: [
        repository("apps/lab/bin.js"),
        ...["verify", "--mode", mode, "--every", "5s", "--dir", join(dir, "none")],
        // Flipt's own poll of a folder is fixed.
        ...(FLIPT_BIN && mode === "local" ? [] : ["--poll", "1s"]),
        ...(typeof state === "string" ? ["--seed", file] : state),
      ],
      env: { ...(FLIPT_BIN && { FLIPT_BIN }), ...(MINIO_BIN && { MINIO_BIN }) },
      cwd: dir,
    });
    failed ||= code !== 0;
    const last =
      stdout
        .trim()
        .split("\n")
        .findLast((line) => /^mode .*verified/.test(line)) ?? stderr.trim();
    console.log(`${code === 0 ? "✓" : "✗"} ${name}: ${last}`);
    if (code !== 0) console.log(stdout.replace(/^/gm, "    "));
  }
}
await rm(dir, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
