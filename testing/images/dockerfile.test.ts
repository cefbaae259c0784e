import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../process.ts";
import { baseImages, copied, only, readDockerfile, stages } from "./dockerfile.ts";

const apps = ["exporter", "evaluation-client", "flipt-emulator"].map((app) => `apps/${app}/Dockerfile`);
const toolbox = "images/toolbox/Dockerfile";
const paths = [...apps, "images/minio/Dockerfile"];
const all = [...paths, toolbox];
const lines = (path: string): string[] => readFileSync(repository(path), "utf8").trim().split("\n");
const allowed = lines(".dockerignore").filter((line) => !line.startsWith("#"));
const waivers: Record<string, string> = JSON.parse(readFileSync(repository("images/waivers.json"), "utf8"));
const { version } = JSON.parse(readFileSync(repository("package.json"), "utf8"));
const test = suite("dockerfile");

for (const path of paths) {
  const file = readDockerfile(path);
  const [build = [], run = [], ...more] = stages(file);

  test(`${path} :: one stage builds, one runs, both start from arguments`, () => {
    assert.is(more.length, 0);
    assert.match(only(build, "FROM").join(), /^\$\{(BUILD|GO)_IMAGE\} AS build$/);
    assert.is(only(run, "FROM").join(), `\${BASE_IMAGE}`);
    assert.equal([...baseImages(file).keys()].sort().slice(0, 1), ["BASE_IMAGE"]);
    assert.is(baseImages(file).size, 2);
  });

  test(`${path} :: what runs was copied from the build, by nobody but its user, who is a number and not root`, () => {
    assert.is(copied(run).length, 0);
    assert.is(only(run, "COPY").length, 1);
    assert.match(only(run, "USER").join(), /^[1-9]\d*:[1-9]\d*$/);
    const after = run.slice(run.findIndex(({ name }) => name === "USER") + 1).map(({ name }) => name);
    assert.ok(
      after.every((name) => ["ENTRYPOINT", "CMD", "EXPOSE"].includes(name)),
      after.join(),
    );
  });
}

for (const path of all) {
  const file = readDockerfile(path);

  test(`${path} :: every image is pinned by digest, or waived with a reason`, () => {
    for (const image of baseImages(file).values()) {
      assert.match(image, /^[a-z0-9./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/);
      assert.not.match(image, /:latest/);
      assert.ok(
        image.includes("@sha256:") || (waivers[image] ?? "").length > 20,
        `${image} has no digest and no waiver`,
      );
    }
  });

  test(`${path} :: nothing that Docker 20.10 or Dagger cannot build, no ADD, no address`, () => {
    assert.equal(only(file, "ADD"), []);
    for (const { name, rest } of file) {
      assert.not.match(`${name} ${rest}`, /<<|--mount|--chmod|--link|--platform|TARGETARCH|https?:/);
    }
    assert.not.match(lines(path)[0] ?? "", /syntax=/);
  });

  test(`${path} :: labels`, () => {
    const labels = only(stages(file).at(-1) ?? [], "LABEL").join(" ");
    for (const name of ["title", "description", "version", "licenses"])
      assert.match(labels, new RegExp(`org.opencontainers.image.${name}="[^"]+"`));
  });
}

for (const [app, path] of [...apps.map((path) => [path.split("/")[1], path]), ["lab", toolbox]]) {
  test(`${path} :: the sources of every package of ours that ${app} imports are there to be bundled`, () => {
    const { dependencies } = JSON.parse(readFileSync(repository(`apps/${app}/package.json`), "utf8"));
    const ours = [app, ...Object.keys(dependencies).filter((name) => existsSync(repository(`apps/${name}`)))];
    const sources = copied(stages(readDockerfile(path ?? "")).at(-2) ?? []).filter((each) => each.endsWith("/src"));
    assert.equal(sources.sort(), ours.map((name) => `apps/${name}/src`).sort());
  });
}

test(`${toolbox} :: what runs was copied; the lab and the manifests after the programs, which are downloaded once`, () => {
  const file = readDockerfile(toolbox);
  const [, build = [], run = []] = stages(file);
  assert.equal(
    only(run, "COPY").map((rest) => rest.split(" ")[0]),
    ["--from=build", "--from=build"],
  );
  assert.equal(only(run, "ENTRYPOINT"), ['["lab"]']);
  // The last one counts; the module takes what it brings out from the others, also where nothing was written.
  assert.equal(only(run, "WORKDIR"), ["/state/runs", "/now", "/state"]);
  const [first = []] = stages(readDockerfile(apps[0] ?? ""));
  const install = build.findIndex(({ rest }) => rest === "npm ci --ignore-scripts");
  assert.equal(build.slice(1, install + 1), first.slice(1, install + 1));
  const at = (part: string): number => build.findIndex(({ rest }) => rest.includes(part));
  assert.ok(install < at("tools.mjs images") && at("tools.mjs images") < at("apps/lab/src"));
  assert.equal([...baseImages(file).keys()].sort(), ["BASE_IMAGE", "BUILD_IMAGE", "DOCKER_IMAGE"]);
});

for (const path of apps) {
  test(`${path} :: the version of the project; dependencies before sources, in the layers that all share`, () => {
    const file = readDockerfile(path);
    const [build = [], run = []] = stages(file);
    assert.match(only(run, "LABEL").join(), `version="${version}"`);
    assert.match(only(run, "ENV").join(), "NODE_ENV=production");
    const install = build.findIndex(({ rest }) => rest === "npm ci --ignore-scripts");
    const [first = []] = stages(readDockerfile(apps[0] ?? ""));
    assert.ok(install > 0);
    assert.equal(build.slice(0, install + 2), first.slice(0, install + 2));
  });
}

test(".dockerignore :: lets in what the Dockerfiles copy and nothing else", () => {
  assert.is(allowed[0], "*");
  const entries = allowed.slice(1).map((line) => line.replace(/^!/, ""));
  const needed = [...apps, toolbox].flatMap((path) => copied(readDockerfile(path)));
  assert.equal(entries.sort(), [...new Set(needed)].sort());
  for (const entry of entries) assert.ok(existsSync(repository(entry)), entry);
});

test("images/minio/.dockerignore :: lets in two programs", () => {
  assert.equal(lines("images/minio/.dockerignore"), ["*", "!minio", "!mc"]);
});

test("waivers :: each is of an image that is used and has no digest", () => {
  const used = new Set(all.flatMap((path) => [...baseImages(readDockerfile(path)).values()]));
  for (const image of Object.keys(waivers)) assert.ok(used.has(image), image);
});

test.run();
