import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lacking, renderText } from "../../k8s/test/render.ts";
import { repository } from "../../testing/process.ts";
import { images } from "../src/images.ts";
import { type Call, play, socket, usual, values } from "./play.ts";
import { record } from "./record.ts";

const test = suite("engine");

if (lacking) console.log(`what manifests renders skipped: ${lacking}`);
for (const components of [[], ["fast", "flipt-emulator"]] as const) {
  const title = ["object-store", ...components].join(" + ");
  (lacking ? test.skip : test)(`manifests :: ${title} is what the repository's own tests render`, async () => {
    const { commands } = await play((lab) => lab.manifests("object-store", [...components]));
    const folder = await mkdtemp(join(tmpdir(), "manifests-"));
    try {
      await cp(repository("k8s"), folder, { recursive: true });
      await mkdir(join(folder, "chosen"));
      const file = commands[0]?.chain.filter(({ field }) => field === "withNewFile").pop()?.args;
      await writeFile(join(folder, "chosen/kustomization.yaml"), String(file?.contents));
      const { stdout, stderr } = spawnSync("kubectl", ["kustomize", join(folder, "chosen")], { encoding: "utf8" });
      assert.is(commands[0]?.words, "kubectl kustomize /manifests/chosen");
      assert.is(stdout, renderText({ mode: "object-store", components: [...components] }), stderr);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

for (const [name, call, dockerfile] of [
  ["exporter-image", (lab) => lab.exporterImage(), "apps/exporter/Dockerfile"],
  ["client-image", (lab) => lab.clientImage(), "apps/evaluation-client/Dockerfile"],
] as [string, Call, string][]) {
  test(`${name} :: one build, no command, and no label by which down would find it`, async () => {
    const { builds, commands, requests } = await play(call);
    assert.not.ok(requests.flat().some(({ field }) => field === "withLabel"));
    assert.equal([...builds.keys()], [dockerfile]);
    assert.is(commands.length, 0);
  });
}

test("builds :: each sees what its image needs, and nothing else", async () => {
  const { builds } = await play((lab, dag) => lab.up("object-store", ["flipt-emulator"], socket(dag)));
  assert.is(builds.size, Object.keys(images).length);
  for (const { context, dockerfile, include } of Object.values(images)) {
    const chain = builds.get(dockerfile) ?? [];
    const [directory, filter, ignore] = chain.slice(-3);
    assert.equal([directory?.args, filter?.args], [{ path: context }, { include }]);
    // v0.21.8 looks for DOCKERFILE.dockerignore, then for .dockerignore, and prints an error for each that is not there or empty.
    assert.is(ignore?.args.path, `${dockerfile}.dockerignore`);
    assert.match(String(ignore?.args.contents), /^#.+\n$/);
  }
});

for (const [name, call, scripts] of [
  ["lint", (lab) => lab.lint(), ["lint", "types"]],
  ["test", (lab) => lab.test(), ["test"]],
] as [string, Call, string[]][]) {
  test(`${name} :: the repository's own scripts, dependencies before sources`, async () => {
    const { commands, said } = await play(call);
    assert.equal(
      commands.map(({ words }) => words),
      ["node scripts/install.mjs", ...scripts.map((script) => `npm run --silent ${script}`)],
    );
    const [install, run] = commands.map(({ chain }) => chain.filter(({ field }) => field === "withDirectory"));
    assert.is(install?.length, 1);
    assert.ok(install?.[0]?.args.include);
    assert.is(run?.length, 2);
    assert.is(run?.at(-1)?.args.include, undefined);
    assert.ok(commands.every(({ socket }) => !socket));
    assert.equal(said, []);
  });
}

test("lint, test :: what a package.json names as a program is there when npm links it", async () => {
  const { commands } = await play((lab) => lab.test());
  const include = commands[0]?.chain.find(({ field, args }) => field === "withDirectory" && args.include)?.args.include;
  const apps = (await readdir(repository("apps"))).map((app) => `apps/${app}`);
  const programs = await Promise.all(
    apps.map(async (app) => {
      const { bin = {} } = JSON.parse(await readFile(repository(`${app}/package.json`), "utf8"));
      return Object.values<string>(bin).map((path) => join(app, path));
    }),
  );
  assert.ok(programs.flat().length >= 4);
  const patterns = (include as string[]).map((each) => new RegExp(`^${each.replaceAll("*", "[^/]*")}$`));
  for (const path of programs.flat())
    assert.ok(
      patterns.some((pattern) => pattern.test(path)),
      path,
    );
});

test("lint :: the first script that fails is named", async () => {
  const broken = { command: /types$/, exit: 2, stdout: "a.ts(1,1): error TS1005: ';' expected.\n" };
  const { error } = await play((lab) => lab.lint(), broken);
  assert.is(error, "npm run types failed: a.ts(1,1): error TS1005: ';' expected. (exit 2); its output tells more");
});

test("tools :: take the place of the toolbox's downloads, and of nothing else", async () => {
  const { builds } = await record((lab, dag) => lab.up("local", [], socket(dag)), usual, values, { tools: true });
  for (const [dockerfile, context] of builds) {
    const tools = context.find(({ field }) => field === "withDirectory")?.args;
    assert.is(tools?.path, "images/toolbox/tools", dockerfile);
    const include = context.find(({ field }) => field === "filter")?.args.include;
    assert.ok(Array.isArray(include));
    assert.is(include.includes("images/toolbox"), dockerfile === "images/toolbox/Dockerfile", dockerfile);
  }
});

test.run();
