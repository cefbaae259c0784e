import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluateVariant } from "../src/evaluation/variant.ts";
import { localSource } from "../src/sidecar/local.ts";
import { createReloader, type Reloader } from "../src/sidecar/reloader.ts";
import { etagOf } from "../src/snapshot/etag.ts";

const reload = suite<{ dir: string }>("reload");

reload.before.each(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "flipt-reload-"));
});
reload.after.each(({ dir }) => rm(dir, { recursive: true, force: true }));

/** A 100 % flag whose variant says which document it is from; twenty more make the load take its time. */
const document = (variant: string, namespace = "default"): string => `
namespace: ${namespace}
flags:
${["canary", ...Array.from({ length: 20 }, (_, index) => `flag-${index}`)]
  .map(
    (key) =>
      `- {key: ${key}, name: ${key}, enabled: true, variants: [{key: ${variant}}], rules: [{segment: all, distributions: [{variant: ${variant}, rollout: 100}]}]}`,
  )
  .join("\n")}
segments:
- {key: all, name: All, match_type: ALL_MATCH_TYPE}
`;

let clock = 0;
/** A time that never stands still. */
function tick(): string {
  clock += 1000;
  return new Date(Date.UTC(2026, 0, 1) + clock).toISOString();
}

const follow = (dir: string): Reloader => createReloader(localSource(dir), tick);
const file = (dir: string, name = "features.yml"): string => join(dir, name);

/** What one flag of one view evaluates to, and which variants the other flags of the same view have. */
function observe(reloader: Reloader): { answer: string; variants: Set<string> } {
  const state = reloader.view().state("default");
  const flag = state?.flags.get("canary");
  if (!state || !flag) return { answer: "404", variants: new Set() };
  const { match, variant } = evaluateVariant(flag, state, { entityId: "e", context: {} });
  const variants = [...state.flags.values()].flatMap(({ flag: { variants: list } }) => list.map(({ key }) => key));
  return { answer: match ? (variant?.key ?? "none") : "no match", variants: new Set(variants) };
}

const answer = (reloader: Reloader): string => observe(reloader).answer;
const updatedAt = (reloader: Reloader) => reloader.view().state("default")?.namespace.updatedAt;
const version = (reloader: Reloader) => reloader.view().state("default")?.version;

async function refused(reloader: Reloader): Promise<string> {
  return reloader.reload().then(
    (result) => `was ${result}`,
    (error: Error) => error.message,
  );
}

reload("swap :: an evaluation sees one document whole while files are replaced", async ({ dir }) => {
  await writeFile(file(dir), document("v0"));
  const reloader = follow(dir);
  await reloader.reload();
  const seen = new Set<string>();
  let running = true;
  const evaluating = (async () => {
    while (running) {
      const { answer: found, variants } = observe(reloader);
      assert.equal([...variants], [found], "all flags are from one document");
      seen.add(found);
      await new Promise(setImmediate);
    }
  })();
  for (let round = 1; round <= 30; round += 1) {
    await writeFile(file(dir, "next.tmp"), document(`v${round}`));
    await rename(file(dir, "next.tmp"), file(dir));
    await reloader.reload();
  }
  running = false;
  await evaluating;
  assert.ok(seen.size > 10, `${seen.size} documents were seen`);
  assert.not.ok(seen.has("404") || seen.has("none") || seen.has("no match"), "never empty or mixed");
});

reload("unchanged :: nothing is parsed, flags are the same objects, updatedAt moves", async ({ dir }) => {
  await writeFile(file(dir), document("a"));
  const reloader = follow(dir);
  assert.is(await reloader.reload(), "changed");
  const [parsed, before, flag] = [reloader.parsed(), updatedAt(reloader), reloader.view().state("default")?.flags];
  assert.is(await reloader.reload(), "unchanged");
  assert.is(reloader.parsed(), parsed);
  assert.is(reloader.view().state("default")?.flags, flag);
  assert.is.not(updatedAt(reloader), before);
});

reload("changed :: the same size within the same second is seen", async ({ dir }) => {
  await writeFile(file(dir), document("a"));
  const reloader = follow(dir);
  await reloader.reload();
  await writeFile(file(dir), document("b"));
  assert.is(await reloader.reload(), "changed");
  assert.is(answer(reloader), "b");
});

const broken: [name: string, text: string, message: RegExp][] = [
  ["YAML", "flags: [", /^yaml: /],
  ["schema", "flags: [{key: one}]", /^flags\.0\.name: .*features\.yml/],
  ["unknown segment", document("a").replace("key: all, name", "key: some, name"), /references unknown segment "all"$/],
  [
    "lt",
    `${document("a")}  constraints: [{type: NUMBER_COMPARISON_TYPE, property: n, operator: lt, value: "1"}]\n`,
    /./,
  ],
];
for (const [name, text, message] of broken) {
  reload(`last good :: ${name}`, async ({ dir }) => {
    await writeFile(file(dir), document("a"));
    const reloader = follow(dir);
    await reloader.reload();
    const good = [updatedAt(reloader), version(reloader)];
    await writeFile(file(dir), text);
    assert.match(await refused(reloader), message);
    const parsed = reloader.parsed();
    assert.match(await refused(reloader), message, "says so at every poll");
    assert.is(reloader.parsed(), parsed, "without parsing it again");
    assert.equal([answer(reloader), updatedAt(reloader), version(reloader)], ["a", ...good]);
    await writeFile(file(dir), document("b"));
    assert.is(await reloader.reload(), "changed");
    assert.is(answer(reloader), "b");
  });
}

reload("last good :: the folder is gone and comes back", async ({ dir }) => {
  const folder = join(dir, "flags");
  await mkdir(folder);
  await writeFile(file(folder), document("a"));
  const reloader = follow(folder);
  await reloader.reload();
  await rename(folder, join(dir, "away"));
  assert.is(await refused(reloader), "stat .: no such file or directory");
  assert.is(answer(reloader), "a");
  await rename(join(dir, "away"), folder);
  assert.is(await reloader.reload(), "unchanged");
});

reload("last good :: an empty index file appears", async ({ dir }) => {
  await writeFile(file(dir), document("a"));
  const reloader = follow(dir);
  await reloader.reload();
  await writeFile(file(dir, ".flipt.yml"), "");
  assert.is(await refused(reloader), "EOF");
  assert.is(answer(reloader), "a");
});

const emptied: [name: string, empty: (dir: string) => Promise<void>][] = [
  ["no bytes", (dir) => writeFile(file(dir), "")],
  ["only a comment", (dir) => writeFile(file(dir), "# nothing\n")],
  ["deleted", (dir) => rm(file(dir))],
  ["another namespace", (dir) => writeFile(file(dir), document("a", "other"))],
];
for (const [name, empty] of emptied) {
  reload(`empty :: ${name} takes all flags away`, async ({ dir }) => {
    await writeFile(file(dir), document("a"));
    const reloader = follow(dir);
    await reloader.reload();
    await empty(dir);
    assert.is(await reloader.reload(), "changed");
    assert.is(answer(reloader), "404");
    assert.is(reloader.view().state("default")?.namespace.name, "Default", "default stays");
    assert.is(version(reloader), undefined, "without an ETag");
  });
}

reload("cut off :: what is there is served", async ({ dir }) => {
  await writeFile(file(dir), document("a"));
  const reloader = follow(dir);
  await reloader.reload();
  await writeFile(file(dir), "flags:\n- key: canary\n  name: Canary\n");
  await reloader.reload();
  assert.is(answer(reloader), "no match");
});

reload("default variant :: the last of two", async ({ dir }) => {
  const variants = "[{key: a, default: true}, {key: b, default: true}]";
  await writeFile(file(dir), `flags: [{key: canary, name: Canary, enabled: true, variants: ${variants}}]\n`);
  const reloader = follow(dir);
  await reloader.reload();
  assert.is(reloader.view().state("default")?.flags.get("canary")?.flag.defaultVariant?.key, "b");
});

reload("names :: other files are not looked into", async ({ dir }) => {
  await writeFile(file(dir), document("a"));
  for (const name of ["features.yml.tmp", "features.yml.bak", "notes.txt"])
    await writeFile(file(dir, name), "flags: [");
  const reloader = follow(dir);
  await reloader.reload();
  assert.is(reloader.parsed(), 1);
});

reload("several files :: the later one wins, the ETags chain", async ({ dir }) => {
  await writeFile(file(dir), document("a"));
  await writeFile(file(dir, "old-features.yml"), document("b"));
  for (const name of ["features.yml", "old-features.yml"]) await utimes(file(dir, name), 1_700_000_000, 1_700_000_000);
  const reloader = follow(dir);
  await reloader.reload();
  assert.is(answer(reloader), "b");
  const size = Buffer.byteLength(document("a")).toString(16);
  const one = `${(1_700_000_000).toString(16)}-${size}`;
  assert.is(version(reloader), etagOf(one + one).slice(0, 32));
});

reload("links :: a file's is followed, a folder's is not", async ({ dir }) => {
  await mkdir(join(dir, "..2026"));
  await writeFile(file(join(dir, "..2026")), document("a"));
  await symlink("..2026", join(dir, "..data"));
  await symlink("..data/features.yml", file(dir));
  const reloader = follow(dir);
  await reloader.reload();
  assert.is(reloader.parsed(), 2);
  assert.is(
    reloader.view().state("default")?.flags.get("canary")?.listedRules?.length,
    2,
    "every rule is listed twice",
  );
  assert.is(answer(reloader), "a");
});

reload("references :: a segment of an earlier file is known, one of a later file is not", async ({ dir }) => {
  const [flags, segments] = document("a").split("segments:\n");
  await writeFile(file(dir, "a.features.yml"), `segments:\n${segments}`);
  await writeFile(file(dir, "b.features.yml"), flags ?? "");
  const reloader = follow(dir);
  await reloader.reload();
  assert.is(answer(reloader), "a");
  await rename(file(dir, "a.features.yml"), file(dir, "c.features.yml"));
  assert.match(await refused(reloader), /^flag default\/canary rule 1 references unknown segment "all"/);
});

reload.run();
