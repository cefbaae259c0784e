import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { paste } from "./measured/tables.ts";
import { repository, run } from "./process.ts";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "apps/flipt-emulator/README.md",
  "apps/evaluation-client/README.md",
  "apps/exporter/README.md",
  "k8s/README.md",
];
const lab = repository("apps/lab/bin.js");
const texts = await Promise.all(
  documents.map(async (name) => [name, await readFile(repository(name), "utf8")] as const),
);
const { scripts } = JSON.parse(await readFile(repository("package.json"), "utf8"));

/** What stands between backticks or on an indented line, when it begins with npm or with variables before it. */
const commands = texts.flatMap(([name, text]) =>
  [...text.matchAll(/(?:`|^ {4})((?:[A-Z_]+=\S+ )*npm (?:start|test|run)[^`\n#]*)/gm)].map(([, command = ""]) => ({
    name,
    command: command.trim(),
  })),
);

async function help(...words: string[]): Promise<string> {
  const { code, stdout } = await run(process.execPath, { args: [lab, ...words, "--help"] });
  assert.is(code, 0, `lab ${words.join(" ")} --help`);
  return stdout;
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

for (const [name, text] of texts) {
  const folder = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
  for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    test(`${name} :: links to ${target}`, () => assert.ok(existsSync(repository(`${folder}${target}`))));
  }
}

test("README :: its measured tables are what was measured", () => {
  const readme = texts[0]?.[1] ?? "";
  assert.is(readme, paste(readme), "paste them by: npm run tables");
});

test("README :: every command of the lab is told", async () => {
  const listed = [...(await help()).matchAll(/^ {2}(\w+) /gm)].flatMap(([, order = ""]) =>
    order === "help" ? [] : [order],
  );
  const readme = texts[0]?.[1] ?? "";
  assert.ok(listed.length >= 5);
  for (const order of listed.filter((each) => each !== "up")) assert.match(readme, `lab -- ${order}`);
});

test.run();
