import { readFileSync } from "node:fs";
import { basename } from "node:path";
import ts from "typescript";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated, sources } from "./introspect.ts";

/** What Dagger gives to a module at run time. The npm package exports more, such as `ExecError` and `up`, so tsc is no help. */
const decorators = ["argument", "check", "connect", "connection", "Context", "entrypoint", "enumType", "field", "func"];
const importable = [...decorators, "generate", "object", ...generated];

/** Names of the npm package that the engine does not have yet. */
const newer = ["Volume", "VolumeID", "asVolume", "sshfsVolume", "withMountedVolume"];

/** Names of Node. Dagger has no types for them, but the tests beside this one do, so tsc is no help. */
const node = ["process", "Buffer", "require", "global", "__dirname", "setImmediate"];

const parse = (path: string, text = readFileSync(path, "utf8")): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);

const identifiers = (root: ts.Node): string[] => [
  ...(ts.isIdentifier(root) ? [root.text] : []),
  ...root.getChildren().flatMap(identifiers),
];

/** What a module must not import, as `name from module`. */
function badImports(file: ts.SourceFile): string[] {
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    const from = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";
    const bindings = importClause?.namedBindings;
    if (/^\.\/[\w-]+\.js$/.test(from)) return [];
    if (from !== "@dagger.io/dagger" || !bindings || !ts.isNamedImports(bindings)) return [`all from ${from}`];
    return bindings.elements
      .map(({ name, propertyName }) => (propertyName ?? name).text)
      .filter((name) => !importable.includes(name) || newer.includes(name))
      .map((name) => `${name} from ${from}`);
  });
}

const test = suite("sources");

test("Dagger imports every file of src at every call: there is no test and no script", () => {
  assert.ok(sources.length > 5);
  for (const path of sources) assert.match(basename(path), /^[a-z]+\.ts$/);
});

for (const path of sources)
  test(`${basename(path)} :: uses only what a module gets: no other import, no name of Node, nothing newer`, () => {
    const file = parse(path);
    assert.equal(badImports(file), []);
    assert.equal(
      identifiers(file).filter((name) => [...node, ...newer].includes(name)),
      [],
    );
  });

for (const [text, line] of [
  ['import { ExecError } from "@dagger.io/dagger";', "ExecError from @dagger.io/dagger"],
  ['import { up as start } from "@dagger.io/dagger";', "up from @dagger.io/dagger"],
  ['import * as dagger from "@dagger.io/dagger";', "all from @dagger.io/dagger"],
  ['import type { Volume } from "@dagger.io/dagger";', "Volume from @dagger.io/dagger"],
  ['import { readFileSync } from "node:fs";', "all from node:fs"],
  ['import { modes } from "../../apps/lab/src/modes.ts";', "all from ../../apps/lab/src/modes.ts"],
] as const) {
  test(`the rule on imports sees :: ${text}`, () => assert.equal(badImports(parse("example.ts", text)), [line]));
}

test.run();
