import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../../testing/process.ts";
import { introspect } from "./introspect.ts";

const objects = await introspect();
const lab = objects.FliptLab;
if (!lab) throw new Error("the SDK finds no class FliptLab, which the name flipt-lab of dagger.json asks for");
const functions = Object.values(lab.methods);
const read = (path: string): Promise<string> => readFile(repository(path), "utf8");

/** The names of functions and arguments as people type them. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** The variable of .env for an argument. v0.21.8 separates the words of a function's name by underscores. */
const variable = (name: string, argument: string): string =>
  `${kebab(name).replaceAll("-", "_")}_${argument}`.toUpperCase();

const test = suite("surface");

const choice = ["mode", "component"];
const where = ["docker", "kubeconfig", "api", "namespace"];
test("functions :: these commands and options, in one object without fields; a live one is never cached", () => {
  assert.equal(Object.keys(objects), ["FliptLab"]);
  assert.not.ok(Object.values(lab.properties).some(({ isExposed }) => isExposed));
  assert.equal(
    functions.map((each) => [
      `${each.isCheck ? "check " : ""}${kebab(each.name)}`,
      Object.keys(each.arguments),
      each.returnType.name ?? each.returnType.kind,
      each.cache,
    ]),
    [
      ["up", [...choice, ...where], "STRING_KIND", "never"],
      ["verify", [...choice, ...where], "STRING_KIND", "never"],
      ["status", where, "STRING_KIND", "never"],
      ["down", where, "STRING_KIND", "never"],
      ["kubeconfig", ["docker"], "File", "never"],
      ["diagnostics", where, "Directory", "never"],
      ["check verify-local", ["docker"], "VOID_KIND", "never"],
      ["check verify-object-store", ["docker"], "VOID_KIND", "never"],
      ["check lint", [], "VOID_KIND", undefined],
      ["check test", [], "VOID_KIND", undefined],
      ["exporter-image", [], "Container", undefined],
      ["client-image", [], "Container", undefined],
      ["manifests", choice, "File", undefined],
    ],
  );
});

test("arguments :: none is required; without that, `dagger check` drops a check in silence", () => {
  for (const { name, arguments: all } of functions)
    for (const { isOptional, defaultValue } of Object.values(all))
      assert.ok(isOptional || defaultValue !== undefined, name);
});

test("socket :: a function receives one only as `docker`, the module none at all", () => {
  for (const { name, arguments: all } of functions)
    for (const argument of Object.values(all))
      assert.is(JSON.stringify(argument.type).includes('"Socket"'), argument.name === "docker", name);
  assert.equal(
    Object.values(lab._constructor.arguments).map(({ name, type }) => [name, type.name ?? type.kind]),
    [
      ["source", "Directory"],
      ["tools", "Directory"],
      ["socket", "STRING_KIND"],
    ],
  );
});

test(".env :: a default for the socket of each function that takes one, for its path, and for nothing else", async () => {
  const settings = (await read(".env"))
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("#"));
  const withSocket = functions.filter((each) => each.arguments.docker).map(({ name }) => variable(name, "docker"));
  const wanted = ["SOCKET", ...withSocket].map((name) => `${name}=\${LAB_DOCKER:-unix:///var/run/docker.sock}`);
  assert.equal(settings.sort(), wanted.sort());
});

for (const { name, description, arguments: all } of functions) {
  test(`help :: ${name} stands alone: what it does, an example, every argument`, () => {
    assert.match(description, /^[A-Z][^\n]+\.(\s|$)/);
    const examples = [...description.matchAll(/^Example[^:]*: `(.+)`$/gm)].map(([, text = ""]) => text);
    assert.ok(examples.length > 0);
    for (const example of examples) {
      assert.match(example, new RegExp(`^dagger (call|check) ${kebab(name)}( |$)`));
      const flags = Object.keys(all).map((argument) => `--${kebab(argument)}`);
      const own = example.split(" as-tarball")[0]?.split(" publish")[0]?.split(" && ")[0] ?? "";
      for (const [flag] of own.matchAll(/--[a-z-]+/g)) assert.ok(flags.includes(flag), `${flag} of ${example}`);
    }
    for (const argument of Object.values(all)) assert.ok(argument.description.length > 5, argument.name);
    if (all.docker) assert.match(all.docker.description, "root on this machine");
  });
}

test("help :: the module says how to begin, and describes what it is given", () => {
  assert.match(lab.description, /^[A-Z].+\n\nBegin with: `dagger call up --mode local`$/s);
  for (const { description } of Object.values(lab._constructor.arguments)) assert.ok(description.length > 5);
});

test("source :: what Git ignores stays out, because Dagger does not read .gitignore, and so do Git's own files", async () => {
  const ignored = lab._constructor.arguments.source?.ignore ?? [];
  for (const line of (await read(".gitignore")).trim().split("\n")) {
    const pattern = line.replace(/\/$/, "");
    if (pattern.startsWith("pipeline/") || pattern.startsWith("images/")) continue;
    assert.ok(ignored.includes(`**/${pattern}`), `${line} of .gitignore`);
  }
  for (const path of [".git", "pipeline/sdk", "*/**/.env"]) assert.ok(ignored.includes(path), path);
});

test("pipeline/package.json :: what keeps Dagger from installing anything", async () => {
  const { packageManager, dependencies } = JSON.parse(await read("pipeline/package.json"));
  assert.equal([packageManager, dependencies], ["npm@11.8.0", { typescript: "5.9.3" }]);
});

test.run();
