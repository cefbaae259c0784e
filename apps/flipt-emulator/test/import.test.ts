import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster, startSidecar } from "../../../testing/flipt.ts";
import { freePort } from "../../../testing/port.ts";
import { openDatabase } from "../src/master/database.ts";
import type { NamespaceState } from "../src/model.ts";
import { command } from "./command.ts";
import { client } from "./management-client.ts";

const test = suite("import");
let dir: string;
let databaseUrl: string;
let count = 0;
let master: Instance;
let sidecar: Instance;

test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), "import-"));
  [master, sidecar] = await Promise.all([startMaster(), startSidecar({ state: "flags: []\n" })]);
});
test.before.each(() => {
  count += 1;
  databaseUrl = `file:${join(dir, `${count}.db`)}`;
});
test.after(async () => {
  await Promise.all([master?.stop(), sidecar?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

interface Outcome {
  code: number;
  stderr: string;
}

async function run(args: string[], stdin = ""): Promise<Outcome> {
  const { stdout, ...outcome } = await command(["import", ...args], { env: { FLIPT_DB_URL: databaseUrl }, stdin });
  assert.is(stdout, "");
  return outcome;
}

const importText = (document: string, ...args: string[]) => run(["--stdin", ...args], document);
const done = { code: 0, stderr: "" };

function stored<Result>(read: (state: NamespaceState | undefined) => Result, namespaceKey = "default"): Result {
  const database = openDatabase(databaseUrl);
  try {
    return read(database.view().state(namespaceKey));
  } finally {
    database.close();
  }
}
const flagKeys = (namespaceKey?: string) => stored((state) => [...(state?.flags.keys() ?? [])], namespaceKey);

const one = `version: "1.4"
flags:
- key: one
  name: One
  enabled: yes
  metadata: {z: 1, a: x}
  variants:
  - {key: a, attachment: {z: 12345678901234567890, a: 1.0, s: "<&>", at: 2026-01-02}}
  - {key: b, default: true}
  rules:
  - segment: {keys: [s, all], operator: AND_SEGMENT_OPERATOR}
    distributions: [{variant: a, rollout: 33.333333}, {variant: b, rollout: 0}]
  rollouts:
  - threshold: {percentage: 33.333333, value: true}
    description: d
segments:
- {key: all, name: All, match_type: ANY_MATCH_TYPE}
- key: s
  name: 5
  constraints: [{type: NUMBER_COMPARISON_TYPE, property: p, operator: LT, value: 1.0, description: lost}]
`;

test("database :: a document with everything", async () => {
  assert.equal(await importText(one), done);
  stored((state) => {
    const { flag, rules, rollouts } = state?.flags.get("one") ?? {};
    assert.equal([flag?.enabled, flag?.metadata, flag?.defaultVariant?.key], [true, { a: "x", z: 1 }, "b"]);
    const [first] = flag?.variants ?? [];
    const attachment = '{"a":1,"at":"2026-01-02T00:00:00Z","s":"\\u003c\\u0026\\u003e","z":12345678901234567890}';
    assert.is(first?.attachment, attachment);
    assert.equal(rules?.[0]?.segmentKeys, ["all", "s"]);
    assert.equal(
      rules?.[0]?.distributions.map(({ rollout }) => rollout),
      [33.333332, 0],
    );
    assert.equal([rollouts?.[0]?.threshold, rollouts?.[0]?.description], [{ percentage: 33.333332, value: true }, "d"]);
    const segment = state?.segments.get("s");
    const [constraint] = segment?.constraints ?? [];
    assert.is(segment?.name, "5");
    assert.equal([constraint?.operator, constraint?.value, constraint?.description], ["lt", "1.0", ""]);
  });
});

const accepted: [what: string, document: string, keys: string[], namespaceKey?: string][] = [
  ["nothing", "", []],
  ["comments only", "# nothing\n", []],
  [
    "a key with a space, a missing key, unknown fields",
    "flags: [{key: a b, name: A, odd: 1}, {name: none}]",
    ["a b", ""],
  ],
  ["a distribution above 100", one.replace("rollout: 33.333333", "rollout: 101"), ["one"]],
  ["a plain namespace", "namespace: zoo\nflags: [{key: lion, name: L}]", ["lion"], "zoo"],
  ["several documents", "flags: [{key: a, name: A}]\n---\n---\nflags: [{key: b, name: B}]\n", ["a", "b"]],
  ["anchors and merges", "flags:\n- &x {key: a, name: A}\n- {<<: *x, key: b}\n", ["a", "b"]],
];
for (const [what, document, keys, namespaceKey] of accepted) {
  test(`database :: takes ${what}`, async () => {
    assert.equal(await importText(document), done);
    assert.equal(flagKeys(namespaceKey), keys);
  });
}

const refused: [what: string, document: string, message: string | RegExp, kept: string[]][] = [
  [
    "a flag twice",
    "flags: [{key: a, name: A}, {key: a, name: A}]",
    'creating flag: flag "default/a" is not unique',
    ["a"],
  ],
  [
    "an unknown segment",
    "flags: [{key: a, name: A, rules: [{segment: none}]}]",
    'creating rule: flag "default/a" or segment "default/none" not found',
    ["a"],
  ],
  ["an unknown variant", one.replace("variant: a", "variant: none"), "finding variant: none; flag: one", ["one"]],
  [
    "a rule without segment",
    "flags: [{key: a, name: A, rules: [{}]}]",
    'creating rule: no segment in rule 1 of flag "a"',
    ["a"],
  ],
  [
    "both kinds of rollout",
    "flags: [{key: a, name: A, rollouts: [{segment: {key: s}, threshold: {percentage: 5}}]}]",
    'rollout "default/a/0" cannot have both segment and percentage rule',
    ["a"],
  ],
  [
    "an infinite number",
    "flags: [{key: a, name: A, variants: [{key: v, attachment: .inf}]}]",
    "marshalling attachment: json: unsupported value: +Inf",
    ["a"],
  ],
  [
    "a control character",
    'flags: [{key: a, name: "\u007f"}]',
    "unmarshalling document: yaml: control characters are not allowed",
    [],
  ],
  ["version 1.5", 'version: "1.5"\nflags: [{key: a, name: A}]', "unsupported version: 1.5", []],
  [
    "a second document that is no YAML",
    "flags: [{key: a, name: A}]\n---\nfoo: [\n",
    /^unmarshalling document: yaml: line \d+: /,
    ["a"],
  ],
  [
    "a list instead of a document",
    "- a\n",
    /^unmarshalling document: yaml: document: expected a mapping, got a list$/,
    [],
  ],
];
for (const [what, document, message, kept] of refused) {
  test(`database :: refuses ${what}, and keeps what came before`, async () => {
    const { code, stderr } = await importText(document);
    assert.is(code, 1);
    assert.match(stderr, /^Error: .*\n$/);
    const said = stderr.slice("Error: ".length, -1);
    if (typeof message === "string") assert.is(said, message);
    else assert.match(said, message);
    assert.equal(flagKeys(), kept);
  });
}

test("database :: more than one batch, with an error in the last one", async () => {
  const flags = Array.from({ length: 1203 }, (_, index) => `- {key: f${index}, name: F}\n`).join("");
  const { code } = await importText(`flags:\n${flags}- {key: f0, name: again}\n`);
  assert.is(code, 1);
  assert.is(flagKeys().length, 1203);
});

test("--skip-existing :: leaves what is there, adds what is not", async () => {
  await importText(one);
  const again = one.replace("name: One", "name: Changed").replace("flags:\n", "flags:\n- {key: two, name: Two}\n");
  assert.is((await importText(again)).code, 1);
  assert.equal(await importText(again.replace("key: two", "key: three"), "--skip-existing"), done);
  assert.equal(flagKeys(), ["one", "two", "three"]);
  assert.is(
    stored((state) => state?.flags.get("one")?.flag.name),
    "One",
  );
});

test("--drop :: empties the database first", async () => {
  await importText("namespace: zoo\nflags: [{key: lion, name: L}]");
  assert.equal(await importText("flags: [{key: a, name: A}]", "--drop"), done);
  assert.is(
    stored((state) => state, "zoo"),
    undefined,
  );
  assert.equal(flagKeys(), ["a"]);
});

test("--address :: through the API of a master, with its checks", async () => {
  const call = client(master.url);
  assert.equal(await importText(one, "-a", master.url, "--drop"), done);
  const { body } = await call("GET /api/v1/flags/one");
  assert.equal([body.defaultVariant.key, body.metadata], ["b", { a: "x", z: 1 }]);
  assert.is((await call("GET /api/v1/flags/one/rules")).body.rules[0].distributions.length, 2);
  assert.is((await call("GET /api/v1/namespaces/default")).body.protected, false);
  const cases: [document: string, message: string][] = [
    [one, 'creating flag: rpc error: code = InvalidArgument desc = flag "default/one" is not unique'],
    [
      "flags: [{key: a b, name: A}]",
      "creating flag: rpc error: code = InvalidArgument desc = invalid field key: contains invalid characters",
    ],
    ["namespace: {key: zoo}", "rpc error: code = InvalidArgument desc = invalid field name: must not be empty"],
  ];
  for (const [document, message] of cases) {
    assert.equal(await importText(document, "--address", master.url), { code: 1, stderr: `Error: ${message}\n` });
  }
});

test("--address :: a sidecar refuses", async () => {
  const { stderr } = await importText("flags: [{key: a, name: A}]", "-a", sidecar.url);
  const refusal = "rpc error: code = Internal desc = modification is not allowed in read-only mode";
  assert.is(stderr, `Error: creating flag: ${refusal}\n`);
});

test("--address :: nobody there is one line with the address", async () => {
  const port = await freePort();
  const { code, stderr } = await importText("flags: [{key: a, name: A}]", "-a", `http://127.0.0.1:${port}`);
  const url = `http://127.0.0.1:${port}/api/v1/namespaces/default/flags`;
  const expected = `Error: creating flag: Post "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused\n`;
  assert.equal([code, stderr], [1, expected]);
});

test("arguments :: file, JSON by its name, and what is wrong with them", async () => {
  const json = join(dir, "in.json");
  await writeFile(
    json,
    '{"flags":[{"key":"a","name":"A"}]}\n{"namespace":"zoo","flags":[{"key":"lion","name":"L"}]}\n',
  );
  assert.equal(await run([json]), done);
  assert.equal([flagKeys(), flagKeys("zoo")], [["a"], ["lion"]]);
  const wrong: [args: string[], message: string][] = [
    [[], "import filename required"],
    [["none.yml"], "opening import file: open none.yml: no such file or directory"],
    [["--nope", json], "unknown flag: --nope"],
    [["-a", "ftp://x", json], "unexpected protocol ftp"],
  ];
  for (const [args, message] of wrong) assert.equal(await run(args), { code: 1, stderr: `Error: ${message}\n` });
});

test.run();
