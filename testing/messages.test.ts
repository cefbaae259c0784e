import { relative } from "node:path";
import ts from "typescript";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "./process.ts";

const { StringLike, NumberLike, BooleanLike, BigIntLike, Undefined, Null, Never } = ts.TypeFlags;
const primitive = StringLike | NumberLike | BooleanLike | BigIntLike | Undefined | Null | Never;
/** Objects that turn into a text that people can read. */
const worded = new Set(["RegExp", "URL", "URLSearchParams", "Buffer"]);

/** Whether each value of a type turns into a text of its own: an object, and whatever was thrown, may be `[object Object]`. */
function isText(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.every((each) => isText(each, checker));
  if (type.isIntersection()) return type.types.some((each) => isText(each, checker));
  if (type.flags & primitive) return true;
  const bound = type.flags & ts.TypeFlags.TypeParameter ? checker.getBaseConstraintOfType(type) : undefined;
  if (bound) return isText(bound, checker);
  if (checker.isArrayType(type) || checker.isTupleType(type))
    return checker.getTypeArguments(type as ts.TypeReference).every((each) => isText(each, checker));
  return worded.has(type.symbol?.name ?? "");
}

/** The expressions of a node that it turns into text. */
function textsOf(node: ts.Node, checker: ts.TypeChecker): ts.Expression[] {
  if (ts.isTemplateExpression(node) && !ts.isTaggedTemplateExpression(node.parent))
    return node.templateSpans.map(({ expression }) => expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return checker.getTypeAtLocation(node).flags & StringLike ? [node.left, node.right] : [];
  if (!ts.isCallExpression(node)) return [];
  if (node.expression.getText() === "String") return [...node.arguments];
  // `promise.catch(String)`: what is handed over is not seen here
  return node.arguments.filter((each) => each.getText() === "String");
}

/** `FILE:LINE EXPRESSION: TYPE` of whatever is put into a text and need not be one. */
function findWordless(program: ts.Program, isOurs: (path: string) => boolean): string[] {
  const checker = program.getTypeChecker();
  return program.getSourceFiles().flatMap((source) => {
    const path = relative(repository("."), source.fileName);
    if (!isOurs(path)) return [];
    const visit = (node: ts.Node): string[] => {
      const wordless = textsOf(node, checker).filter((each) => !isText(checker.getTypeAtLocation(each), checker));
      const told = wordless.map((each) => {
        const line = source.getLineAndCharacterOfPosition(each.getStart()).line + 1;
        return `${path}:${line} ${each.getText()}: ${checker.typeToString(checker.getTypeAtLocation(each))}`;
      });
      const inside: string[] = [];
      ts.forEachChild(node, (child) => {
        inside.push(...visit(child));
      });
      return [...told, ...inside];
    };
    return visit(source);
  });
}

const test = suite("messages");

test("the rule :: finds objects and whatever was thrown in a template, a sum, String()", () => {
  const file = repository("testing/wordless.ts");
  const text = [
    "declare const thrown: unknown, object: { message: string }, any: any;",
    "export const bad = [`$" + "{thrown}`, '' + object, String(any), [thrown].map(String), `$" + "{[object]}`];",
    "export const good = [`$" + "{1}`, '' + object.message, String(2), 1 + 2, `$" + "{[1, 2]}`];",
  ].join("\n");
  const host = ts.createCompilerHost({});
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], { strict: true, target: ts.ScriptTarget.ES2023, types: [] }, host);
  const found = findWordless(program, (path) => path === "testing/wordless.ts");
  assert.equal(
    found.map((line) => line.replace(/^\S+ /, "").replace(/: (?:\(|String).*/, "")),
    ["thrown: unknown", "object: { message: string; }", "any: any", "String", "[object]: { message: string; }[]"],
  );
});

test("the apps :: no object and nothing that was thrown is put into a text as it is", () => {
  const { config } = ts.readConfigFile(repository("tsconfig.json"), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, repository("."));
  const program = ts.createProgram(fileNames, options);
  assert.equal(
    findWordless(program, (path) => /^apps\/[^/]+\/src\//.test(path)),
    [],
  );
});

test.run();
