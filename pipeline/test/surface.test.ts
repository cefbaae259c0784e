import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../../testing/process.ts";
import { type Func, introspect } from "./introspect.ts";

const objects = await introspect();
const lab = objects.FliptLab;
if (!lab) throw new Error("the SDK finds no class FliptLab, which the name flipt-lab of dagger.json asks for");
const functions = Object.values(lab.methods);
const read = (path: string): Promise<string> => readFile(repository(path), "utf8");
const json = async (path: string): Promise<unknown> => JSON.parse(await read(path));

/** The names of functions and arguments as people type them. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** v0.21.8 takes a function's name with underscores, an argument's only as it is but for the case: the words of one are joined. */
const variable = (name: string, argument: string): string =>
  `${kebab(name).replaceAll("-", "_")}_${argument}`.toUpperCase();

const withSocket = ["up", "verify", "status", "down", "kubeconfig", "diagnostics", "verifyLocal", "verifyObjectStore"];
const checks = ["verifyLocal", "verifyObjectStore", "lint", "test"];
const takes = ({ arguments: all }: Func, type: string): boolean =>
  Object.values(all).some((argument) => JSON.stringify(argument.type).includes(`"name":"${type}"`));
const test = suite("surface");

test("functions :: these and no others, in one object without fields", () => {
  assert.equal(Object.keys(objects), ["FliptLab"]);
  assert.equal(
    functions.map(({ name }) => name),
    [...withSocket, "lint", "test", "exporterImage", "clientImage", "manifests"],
  );
  assert.not.ok(Object.values(lab.properties).some(({ isExposed }) => isExposed));
});

test("socket :: no function but the allowed can receive one, nor can the module itself", () => {
  assert.equal(
    functions.filter((each) => takes(each, "Socket")).map(({ name }) => name),
    withSocket,
  );
  for (const { arguments: all } of functions.filter((each) => takes(each, "Socket"))) {
    const sockets = Object.values(all).filter(({ type }) => type.name === "Socket");
    assert.equal(
      sockets.map(({ name, isOptional }) => [name, isOptional]),
      [["docker", true]],
    );
  }
  for (const { name, type } of Object.values(lab._constructor.arguments))
    assert.is(type.kind === "STRING_KIND" ? name : type.name, name === "socket" ? name : "Directory");
});

test(".env :: a default for the sockets of exactly these functions and for the path of theirs, well-formed, and nothing else", async () => {
  const lines = (await read(".env")).trimEnd().split("\n");
  const settings = lines.filter((line) => !line.startsWith("#"));
  assert.equal(
    settings.sort(),
    ["SOCKET", ...withSocket.map((name) => variable(name, "docker"))]
      .map((name) => `${name}=\${LAB_DOCKER:-unix:///var/run/docker.sock}`)
      .sort(),
  );
});

test(".env :: sets no argument of the module but that path, which grants nothing", async () => {
  const taken = (await read(".env")).match(/^[A-Z_]+(?==)/gm) ?? [];
  const own = Object.keys(lab._constructor.arguments).flatMap((name) => [
    name.toUpperCase(),
    variable("fliptLab", name),
    variable("fliptlab", name),
  ]);
  assert.ok(taken.length > 0 && own.length > 0);
  assert.equal(
    taken.filter((name) => own.includes(name)),
    ["SOCKET"],
  );
});

test("checks :: these, without a required argument, that return nothing", () => {
  const found = functions.filter(({ isCheck }) => isCheck);
  assert.equal(
    found.map(({ name }) => name),
    checks,
  );
  for (const { name, arguments: all, returnType } of found) {
    assert.is(returnType.kind, "VOID_KIND", name);
    for (const { isOptional, defaultValue } of Object.values(all)) assert.ok(isOptional || defaultValue !== undefined);
  }
});

test("namespace :: wherever a cluster can be given", () => {
  for (const { name, arguments: all } of functions) assert.is("namespace" in all, "api" in all, name);
});

test("no function has a required argument, so that each works as it is typed", () => {
  for (const { name, arguments: all } of functions)
    for (const { isOptional, defaultValue } of Object.values(all))
      assert.ok(isOptional || defaultValue !== undefined, name);
});

test("cache :: what is live is never remembered, what is not is", () => {
  for (const each of functions) assert.is(each.cache, takes(each, "Socket") ? "never" : undefined, each.name);
});

test("results :: a kubeconfig is a file, diagnostics a folder, images containers", () => {
  const results = Object.fromEntries(functions.map(({ name, returnType }) => [name, returnType.name]));
  assert.is(results.kubeconfig, "File");
  assert.is(results.manifests, "File");
  assert.is(results.diagnostics, "Directory");
  assert.is(results.exporterImage, "Container");
  assert.is(results.clientImage, "Container");
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

test("help :: of the module and what it is given", () => {
  assert.match(lab.description, /^[A-Z].+\n\nBegin with: `dagger call up --mode local`$/s);
  for (const { description } of Object.values(lab._constructor.arguments)) assert.ok(description.length > 5);
});

test("source :: what Git ignores stays out, which Dagger does not see to, and so do Git's own files", async () => {
  const ignored = lab._constructor.arguments.source?.ignore ?? [];
  for (const line of (await read(".gitignore")).trim().split("\n")) {
    const pattern = line.replace(/\/$/, "");
    if (pattern.startsWith("pipeline/") || pattern.startsWith("images/")) continue;
    assert.ok(ignored.includes(`**/${pattern}`), `${line} of .gitignore`);
  }
  for (const path of [".git", "pipeline/sdk", "*/**/.env"]) assert.ok(ignored.includes(path), path);
});

test("dagger.json :: the lowest engine that was tried, one folder", async () => {
  assert.equal(await json("dagger.json"), {
    name: "flipt-lab",
    engineVersion: "v0.21.8",
    sdk: { source: "typescript" },
    source: "pipeline",
  });
});

test("pipeline/package.json :: what keeps Dagger from installing anything", async () => {
  assert.equal(await json("pipeline/package.json"), {
    type: "module",
    packageManager: "npm@11.8.0",
    dependencies: { typescript: "5.9.3" },
  });
});

test("pipeline/tsconfig.json :: as Dagger writes it", async () => {
  assert.equal(await json("pipeline/tsconfig.json"), {
    compilerOptions: {
      target: "ES2022",
      module: "ES2022",
      moduleResolution: "Node",
      experimentalDecorators: true,
      strict: true,
      skipLibCheck: true,
      paths: {
        "@dagger.io/dagger": ["./sdk/index.ts"],
        "@dagger.io/dagger/telemetry": ["./sdk/telemetry.ts"],
      },
    },
  });
});

test.run();
