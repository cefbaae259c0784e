import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { introspect } from "../pipeline/test/introspect.ts";
import { documents as measured, paste, readReport } from "./measured/tables.ts";
import { repository, run } from "./process.ts";

const pages = readdirSync(repository("docs")).map((name) => `docs/${name}`);
const documents = [
  "README.md",
  ...pages,
  "CONTRIBUTING.md",
  "apps/flipt-emulator/README.md",
  "apps/evaluation-client/README.md",
  "apps/exporter/README.md",
  "k8s/README.md",
];
const lab = repository("apps/lab/bin.js");
const { FliptLab } = await introspect();
const texts = await Promise.all(
  documents.map(async (name) => [name, await readFile(repository(name), "utf8")] as const),
);
const readme = texts[0]?.[1] ?? "";
const { scripts } = JSON.parse(await readFile(repository("package.json"), "utf8"));

/** What stands between backticks or on an indented line, when it begins with npm or with variables before it. */
const commands = texts.flatMap(([name, text]) =>
  [...text.matchAll(/(?:`|^ {4})((?:[A-Z_]+=\S+ )*npm (?:start|test|run)[^`\n#]*)/gm)].map(([, command = ""]) => ({
    name,
    command: command.trim(),
  })),
);

/** The indented lines that users type into a shell and that begin with another program. */
const others = texts
  .filter(([name]) => name === "README.md" || name === "k8s/README.md" || pages.includes(name))
  .flatMap(([, text]) => [...text.matchAll(/^ {4}((?:kubectl|sh|dagger|aws|sed|docker) .*?)(?: {2,}[#(].*)?$/gm)])
  .map(([, command = ""]) => command);
/** Those that no test here can run: where they are run instead, or why nowhere. */
const elsewhere: Record<string, string> = JSON.parse(await readFile(repository("testing/commands.json"), "utf8"));

const told = new Map<string, Promise<string>>();

async function ask(words: string[]): Promise<string> {
  const { code, stdout } = await run(process.execPath, { args: [lab, ...words, "--help"] });
  assert.is(code, 0, `lab ${words.join(" ")} --help`);
  return stdout;
}

/** What a command of the lab says of itself. */
function help(...words: string[]): Promise<string> {
  const key = words.join(" ");
  const answer = told.get(key) ?? ask(words);
  told.set(key, answer);
  return answer;
}

const test = suite("documents");

test("commands :: there are some", () => assert.ok(commands.length > 10));

for (const { name, command } of commands) {
  test(`${name} :: ${command}`, async () => {
    const words = command.split(" ").filter((word) => !/^[A-Z_]+=/.test(word));
    const script = words[1] === "run" ? words.find((word, i) => i > 1 && word !== "-s") : words[1];
    assert.ok(scripts[script ?? ""], `package.json has the script ${script}`);
    if (script !== "start" && script !== "lab") return;
    const rest = words.includes("--") ? words.slice(words.indexOf("--") + 1) : [];
    const all = script === "start" ? ["up", ...rest] : rest;
    const first = all.findIndex((word) => word.startsWith("--"));
    const known = await help(...(first < 0 ? all : all.slice(0, first)));
    for (const option of all.filter((word) => word.startsWith("--"))) assert.match(known, option);
  });
}

for (const command of others.filter((each) => each.startsWith("dagger call "))) {
  test(`README :: ${command}`, async () => {
    const [, , called = "", ...words] = command.split(" ");
    const found = FliptLab?.methods[called.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())];
    assert.ok(found, `the module has the function ${called}`);
    // -o belongs to dagger itself.
    for (const word of words.filter((each) => each.startsWith("--")))
      assert.ok(found.arguments[word.slice(2)], `${called} takes ${word}`);
  });
}

test("README :: what no test here can run is listed with the reason, and nothing else is", () => {
  const untyped = new Set(others.filter((each) => !each.startsWith("dagger call ")));
  assert.equal(Object.keys(elsewhere).sort(), [...untyped].sort());
});

for (const [name, text] of texts) {
  const folder = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
  for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    test(`${name} :: links to ${target}`, () => assert.ok(existsSync(repository(`${folder}${target}`))));
  }
}

for (const [name, text] of texts.filter(([each]) => measured.includes(each))) {
  test(`${name} :: its measured tables are what was measured`, () => {
    assert.is(text, paste(text), "paste them by: npm run tables");
  });
}

test("README :: how much faster a sidecar is, is what was measured", () => {
  const { evaluation = [] } = readReport("bench-kubernetes");
  const p50 = (server: string) =>
    evaluation.filter((row) => row.server === server).map(({ latency }) => latency.p50.median);
  const [near, far] = [p50("sidecar"), p50("master")];
  const ratios = far.map((master, index) => Math.round(master / (near[index] ?? 0)));
  const told = /\[(\d+) to (\d+) times as fast\]/.exec(readme)?.slice(1, 3);
  assert.equal(told, [`${Math.min(...ratios)}`, `${Math.max(...ratios)}`]);
});

test("README :: is read in two minutes", () => assert.ok(readme.split("\n").length <= 151));

test("README :: the kustomization that gives a Deployment its sidecar is the example's", async () => {
  const example = await readFile(repository("k8s/examples/nginx/kustomization.yaml"), "utf8");
  assert.match(readme, example.trimEnd().replace(/^/gm, "    "));
});

test("documents :: every command of the lab is told", async () => {
  const listed = [...(await help()).matchAll(/^ {2}(\w+) /gm)].flatMap(([, order = ""]) =>
    order === "help" ? [] : [order],
  );
  assert.ok(listed.length >= 5);
  const told = texts.map(([, text]) => text).join("\n");
  for (const order of listed) assert.match(told, `lab -- ${order}`);
});

test.run();
