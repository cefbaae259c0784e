import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runValidate } from "../src/commands/validate.ts";

const validate = suite("validate");

const good = "flags: [{key: one, name: One}]\n";
const unknownField = "flags: [{key: one, name: One, colour: red}]\n";
const unknownSegment = "flags: [{key: one, name: One, rules: [{segment: missing}]}]\n";
const reference = 'Error: flag default/one rule 1 references unknown segment "missing"';

type Files = Record<string, string>;
type Row = [name: string, args: string[], files: Files, code: number | string, stdout: RegExp];

const rows: Row[] = [
  ["a good file", [], { "features.yml": good }, 0, /^$/],
  ["no file at all", [], {}, 0, /^$/],
  ["an empty file", [], { "features.yml": "" }, 0, /^$/],
  ["other names", [], { "flags.yml": "flags: [", "features.yml.bak": "flags: [" }, 0, /^$/],
  ["a subfolder", [], { "deep/features.yaml": unknownSegment }, reference, /^$/],
  [
    "an unknown field",
    [],
    { "features.yml": unknownField },
    1,
    /^Validation failed!\n\n- Message {2}: flags\.0\.colour: .*\n {2}File {5}: features\.yml\n {2}Line {5}: 1\n$/,
  ],
  [
    "as JSON",
    ["-F", "json"],
    { "features.yml": unknownField },
    1,
    /^\[\{"message":"flags\.0\.colour: .*","location":\{"file":"features\.yml","line":1\}\}\]\n$/,
  ],
  ["another format is text", ["-F", "xml"], { "features.yml": unknownField }, 1, /^Validation failed!/],
  ["its own exit code", ["--issue-exit-code", "7"], { "features.yml": unknownField }, 7, /./],
  [
    "the exit code is for the schema only",
    ["--issue-exit-code", "7"],
    { "features.yml": unknownSegment },
    reference,
    /^$/,
  ],
  ["a named file", ["other.yml"], { "other.yml": unknownSegment }, reference, /^$/],
  ["a missing file", ["none.yml"], {}, "Error: open none.yml: no such file or directory", /^$/],
  ["a dotted path", ["./features.yml"], { "features.yml": good }, "Error: open ./features.yml: invalid argument", /^$/],
  ["a work folder", ["-d", "sub"], { "sub/features.yml": unknownSegment, "features.yml": good }, reference, /^$/],
  ["a missing work folder", ["-d", "none"], {}, "Error: stat .: no such file or directory", /^$/],
  ["an unknown flag", ["--nothing"], {}, "Error: unknown flag: --nothing", /^$/],
];

for (const [name, args, files, code, output] of rows) {
  validate(`verdict :: ${name}`, async () => {
    const dir = await mkdtemp(join(tmpdir(), "flipt-validate-"));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    let stdout = "";
    const write = (text: string): void => {
      stdout += text;
    };
    const outcome = await runValidate(args, dir, { stdout: { write } }).catch(
      (error: Error) => `Error: ${error.message}`,
    );
    await rm(dir, { recursive: true });
    assert.is(outcome, code);
    assert.match(stdout, output);
  });
}

validate.run();
