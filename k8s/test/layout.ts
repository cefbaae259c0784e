import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAllDocuments } from "yaml";
import { repository } from "../../testing/process.ts";

const test = suite("layout");
const root = repository("k8s");

interface File {
  path: string;
  text: string;
}

function read(folder: string): File[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort()
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, "utf8") }));
}

const [bases, overlays, components] = [read("bases"), read("overlays"), read("components")];
const all = [...bases, ...overlays, ...components, ...read("examples")];
const isManifest = ({ path }: File) => path.endsWith(".yaml") && !path.endsWith("/kustomization.yaml");
const name = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const lines = (files: File[]) => files.reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
const code = (files: File[]) => files.filter(({ path }) => path.endsWith(".yaml"));

test("there is something to look at", () =>
  assert.ok(bases.length > 20 && overlays.length > 4 && components.length > 8));

for (const { path, text } of all.filter(isManifest)) {
  test(`${path} :: one object, and the file is named by it`, () => {
    const documents = parseAllDocuments(text).map((document) => document.toJS());
    assert.is(documents.length, 1);
    const [object] = documents;
    const kind = object.kind.toLowerCase();
    const pattern = path.endsWith(".patch.yaml")
      ? [`${object.metadata.name}.patch.yaml`, `${kind}-comparison.patch.yaml`]
      : [`${kind}.yaml`, `${object.metadata.name}.yaml`];
    assert.ok(pattern.includes(name(path)) || name(path).startsWith(`${kind}-`), `${kind} "${object.metadata.name}"`);
  });
}

for (const { path, text } of bases.filter(({ path }) => path !== "bases/flipt-seed/features.yml")) {
  test(`${path} :: knows no mode`, () => assert.not.match(text, /\blocal\b|object.?store/i));
}

for (const { path, text } of all) {
  test(`${path} :: every file beside a kustomization is named in it`, () => {
    if (path.endsWith("kustomization.yaml")) return assert.match(text, /^kind: (Kustomization|Component)$/m);
    const kustomization = all.find((each) => each.path === path.replace(/[^/]+$/, "kustomization.yaml"));
    assert.match(kustomization?.text ?? "", new RegExp(`^ +- (path: )?${name(path).replaceAll(".", "\\.")}$`, "m"));
  });
}

test("versions :: stand in components only", () => {
  for (const { path, text } of [...bases, ...overlays]) assert.not.match(text, /^\s*(- )?image: \S+[:@]/m, path);
});

test("overlays :: hold less than a fifth of the bases", () => {
  const share = lines(code(overlays)) / lines(code(bases));
  console.log(
    `measured: overlays ${lines(code(overlays))} lines, bases ${lines(code(bases))}, ${Math.round(share * 100)} %`,
  );
  assert.ok(share < 0.2, `${Math.round(share * 100)} %`);
});

test.run();
