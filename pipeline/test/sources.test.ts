import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import ts from "typescript";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "../../testing/process.ts";
import { generated, sources } from "./introspect.ts";

/** What Dagger gives to a module at run time; the npm package has more, such as `ExecError` and `up`. */
const decorators = ["argument", "check", "connect", "connection", "Context", "entrypoint", "enumType", "field", "func"];
const importable = [...decorators, "generate", "object", ...generated];

/** Of the npm package's version, not of the engine's. */
const newer = ["Volume", "VolumeID", "asVolume", "sshfsVolume", "withMountedVolume"];

/** What exists in Node only, whose types Dagger does not have. */
const node = ["process", "Buffer", "require", "global", "__dirname", "setImmediate"];

const parse = (path: string, text = readFileSync(path, "utf8")): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);

function nodes(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (each: ts.Node): void => {
    found.push(each);
    ts.forEachChild(each, visit);
  };
  visit(root);
  return found;
}

/** What a module must not import, as `name from module`. */
function badImports(file: ts.SourceFile): string[] {
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    const from = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";
    const bindings = importClause?.namedBindings;
    if (/^\.\/[\w-]+\.js$/.test(from))
      return existsSync(repository(`pipeline/src/${from.replace(/\.js$/, ".ts")}`)) ? [] : [`nothing from ${from}`];
    if (from !== "@dagger.io/dagger" || !bindings || !ts.isNamedImports(bindings)) return [`all from ${from}`];
    return bindings.elements
      .map(({ name, propertyName }) => (propertyName ?? name).text)
      .filter((name) => !importable.includes(name) || newer.includes(name))
      .map((name) => `${name} from ${from}`);
  });
}

/** What runs when a file is imported, unless it only names and computes. */
function effects(file: ts.SourceFile): string[] {
  const local = new Set<string>();
  const pure = (each: ts.Node): boolean => {
    if (ts.isFunctionLike(each)) return true;
    if (ts.isNewExpression(each) || ts.isAwaitExpression(each) || ts.isBinaryExpression(each)) return false;
    if (ts.isCallExpression(each) && ![...local, "Object.keys"].includes(each.expression.getText())) return false;
    let good = true;
    ts.forEachChild(each, (child) => {
      good &&= pure(child);
    });
    return good;
  };
  return file.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement))
      return declares(statement) ? [] : [statement.getText().split("\n")[0] ?? ""];
    return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      if (initializer && !pure(initializer)) return [name.getText()];
      local.add(name.getText());
      return [];
    });
  });
}

const declares = (statement: ts.Statement): boolean =>
  ts.isImportDeclaration(statement) ||
  ts.isInterfaceDeclaration(statement) ||
  ts.isTypeAliasDeclaration(statement) ||
  ts.isFunctionDeclaration(statement) ||
  ts.isClassDeclaration(statement);

const named = (file: ts.SourceFile, names: string[]): string[] =>
  nodes(file)
    .filter(ts.isIdentifier)
    .map(({ text }) => text)
    .filter((text) => names.includes(text));

const test = suite("sources");

test("there are some, and no test or script among them", () => {
  assert.ok(sources.length > 5);
  for (const path of sources) assert.match(basename(path), /^[a-z]+\.ts$/);
});

for (const path of sources) {
  const file = parse(path);
  const name = basename(path);

  test(`${name} :: imports only what a module gets`, () => assert.equal(badImports(file), []));

  test(`${name} :: does nothing when it is imported, which happens at every call`, () =>
    assert.equal(effects(file), []));

  test(`${name} :: needs no type of Node, and nothing newer than the engine`, () =>
    assert.equal(named(file, [...node, ...newer]), []));

  test(`${name} :: starts no shell: a command is a list of words`, () => {
    const literals = nodes(file).filter(ts.isStringLiteralLike);
    assert.equal(
      literals.map(({ text }) => text).filter((text) => /^(ba)?sh$|^-c$|&&/.test(text)),
      [],
    );
  });

  test(`${name} :: ${name === "docker.ts" ? "the one that mounts" : "mounts no"} socket`, () =>
    assert.is(named(file, ["withUnixSocket"]).length, name === "docker.ts" ? 1 : 0));
}

for (const [text, line] of [
  ['import { ExecError } from "@dagger.io/dagger";', "ExecError from @dagger.io/dagger"],
  ['import { func, up } from "@dagger.io/dagger";', "up from @dagger.io/dagger"],
  ['import { up as start } from "@dagger.io/dagger";', "up from @dagger.io/dagger"],
  ['import * as dagger from "@dagger.io/dagger";', "all from @dagger.io/dagger"],
  ['import { getTracer } from "@dagger.io/dagger/telemetry";', "all from @dagger.io/dagger/telemetry"],
  ['import type { Volume } from "@dagger.io/dagger";', "Volume from @dagger.io/dagger"],
  ['import { readFileSync } from "node:fs";', "all from node:fs"],
  ['import { modes } from "../../apps/lab/src/modes.ts";', "all from ../../apps/lab/src/modes.ts"],
  ['import { nothing } from "./nothing.js";', "nothing from ./nothing.js"],
] as const) {
  test(`the rule on imports sees :: ${text}`, () => assert.equal(badImports(parse("example.ts", text)), [line]));
}

for (const [text, name] of [
  ["const started = Date.now();", "started"],
  ["const image = dag.container();", "image"],
  ["const now = await load();", "now"],
  ["let a = b = 1;", "a"],
  ["console.log(1);", "console.log(1);"],
  ["if (x) y();", "if (x) y();"],
] as const) {
  test(`the rule on effects sees :: ${text}`, () => assert.equal(effects(parse("example.ts", text)), [name]));
}

test.run();
