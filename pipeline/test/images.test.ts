import { existsSync, readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { modeNames as labModes } from "../../apps/lab/src/modes.ts";
import { lacking, renderText } from "../../k8s/test/render.ts";
import { baseImages, copied, readDockerfile } from "../../testing/images/dockerfile.ts";
import { repository } from "../../testing/process.ts";
import { type ImageName, images, reference } from "../src/images.ts";
import { choose, componentNames, imagesOf, modeNames } from "../src/modes.ts";

interface Tag {
  name: string;
  newName?: string;
  newTag: string;
}

const tags = ["images", "flipt-emulator"].flatMap((component) => {
  const text = readFileSync(repository(`k8s/components/${component}/kustomization.yaml`), "utf8");
  return (parse(text) as { images: Tag[] }).images.map(({ name, newName, newTag }) => `${newName ?? name}:${newTag}`);
});
const { version } = JSON.parse(readFileSync(repository("package.json"), "utf8"));
const names = Object.keys(images) as ImageName[];
const place = (name: ImageName): string => `${images[name].context}/${images[name].dockerfile}`.replace(/^\.\//, "");

/** Whether a pattern, which is the path of a file or a folder, covers a path. A star stands for a part of one name. */
const covers = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}(/|$)`).test(path);

/** Whether a build sees a file. */
const sees = (name: ImageName, path: string): boolean => {
  const { context, include } = images[name];
  const inside = context === "." ? path : path.replace(`${context}/`, "");
  if (context !== "." && inside === path) return false;
  return include.some((pattern) => covers(pattern, inside));
};

const test = suite("images");

for (const name of names) {
  test(`${name} :: bears the tag that the manifests ask for, or else the project's version`, () => {
    if (name === "toolbox") assert.is(images[name].tag, version);
    else assert.ok(tags.includes(reference(name)), `${reference(name)} is none of ${tags}`);
  });

  test(`${name} :: its Dockerfile is there, and sees all that it copies`, () => {
    assert.ok(existsSync(repository(place(name))), place(name));
    assert.ok(sees(name, place(name)));
    for (const path of copied(readDockerfile(place(name))))
      if (path !== ".") assert.ok(sees(name, path), `${path} is copied, but not in the build's context`);
  });

  test(`${name} :: sees nothing that it does not copy, so that nothing else builds it again`, () => {
    const wanted = copied(readDockerfile(place(name)));
    const surplus = images[name].include.filter(
      (pattern) => !place(name).endsWith(pattern) && !wanted.some((path) => path === "." || covers(pattern, path)),
    );
    assert.equal(surplus, []);
  });
}

for (const [path, built] of [
  ["apps/exporter/src/run.ts", ["exporter"]],
  ["package-lock.json", ["exporter", "evaluation-client", "flipt-emulator", "toolbox"]],
  ["README.md", []],
] as const) {
  test(`a change of ${path} builds :: ${built.join(", ") || "nothing"}`, () =>
    assert.equal(
      names.filter((name) => sees(name, path)),
      built,
    ));
}

test("modes :: those of lab", () => assert.equal([...modeNames].sort(), [...labModes].sort()));

test("components :: the folders of k8s/components", () => {
  const folders = readdirSync(repository("k8s/components")).filter((name) => name !== "images" && name !== "sidecar");
  assert.equal([...componentNames].sort(), folders.sort());
});

test("the Node of lint and test is that of the images", () => {
  const text = readFileSync(repository("pipeline/src/workspace.ts"), "utf8");
  const base = baseImages(readDockerfile("apps/exporter/Dockerfile")).get("BASE_IMAGE");
  assert.match(text, `"${base}"`);
});

const ours = (text: string): string[] => [...new Set(text.match(/(?<=image: )flipt-sidecar-lab\/\S+/g))].sort();

if (lacking) console.log(`what the modes need skipped: ${lacking}`);
for (const mode of labModes) {
  for (const component of [[], ["flipt-emulator"]] as const) {
    const title = [mode, ...component].join(" + ");
    (lacking ? test.skip : test)(`${title} :: the images of the manifests are built`, () => {
      const built = imagesOf(choose(mode, [...component])).map(reference);
      assert.equal(built.sort(), ours(renderText({ mode, components: [...component] })));
    });
  }
}

test.run();
