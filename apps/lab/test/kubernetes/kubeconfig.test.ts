import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../../../../testing/process.ts";
import { connect } from "../../src/drivers/kubernetes/cluster/connect.ts";
import { type Kubeconfig, mergeKubeconfigs, minify } from "../../src/drivers/kubernetes/cluster/kubeconfig.ts";
import { Fault } from "../../src/fault.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
const cases = 30;

const test = suite<{ folder: string }>("kubeconfig");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** What `kubectl config view` says with these words, and with this KUBECONFIG; undefined when it refuses. */
async function kubectl(folder: string, KUBECONFIG: string, words: string[]): Promise<Kubeconfig | undefined> {
  const args = ["config", "view", "--raw", "--flatten", "-o", "json", ...words];
  const { code, stdout } = await run("kubectl", { args, env: { KUBECONFIG, HOME: folder }, cwd: tmpdir() });
  return code === 0 ? (JSON.parse(stdout) as Kubeconfig) : undefined;
}

/** Ours in the form in which kubectl flattens: sorted, contents in place of paths. */
function flatten(config: Kubeconfig): object {
  const contents = (settings: Record<string, unknown> = {}): object =>
    Object.fromEntries(
      Object.entries(settings).map(([key, value]) =>
        /^(certificate-authority|client-certificate|client-key)$/.test(key)
          ? [`${key}-data`, readFileSync(String(value)).toString("base64")]
          : [key, value],
      ),
    );
  const sorted = <T extends { name: string }>(list: T[] | null): T[] =>
    [...(list ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    current: config["current-context"],
    clusters: sorted(config.clusters).map(({ name, cluster }) => ({ name, cluster: contents(cluster) })),
    users: sorted(config.users).map(({ name, user }) => ({ name, user: contents(user) })),
    contexts: sorted(config.contexts).map(({ name, context }) => ({ name, context })),
  };
}

const names = ["a", "b", "c"];
const name = fc.constantFrom(...names);
const list = <T>(entry: fc.Arbitrary<T & { name: string }>) =>
  fc.option(fc.uniqueArray(entry, { maxLength: 3, selector: ({ name }) => name }), { nil: null });
const file = fc.record(
  {
    apiVersion: fc.constant("v1"),
    kind: fc.constant("Config"),
    "current-context": fc.constantFrom("", ...names),
    clusters: list(
      fc.record({
        name,
        cluster: fc.record(
          {
            server: fc.constantFrom("https://one:6443", "https://two"),
            "certificate-authority": fc.constant("ca.pem"),
            "tls-server-name": fc.constant("other"),
            "proxy-url": fc.constant("http://proxy:3128"),
          },
          { requiredKeys: ["server"] },
        ),
      }),
    ),
    users: list(
      fc.record({
        name,
        user: fc.record(
          {
            token: fc.constantFrom("first", "second"),
            "client-certificate": fc.constant("keys/client.pem"),
            "client-key": fc.constant("./keys/client.key"),
          },
          { requiredKeys: [] },
        ),
      }),
    ),
    contexts: list(
      fc.record({
        name,
        context: fc.record({ cluster: name, user: name, namespace: fc.constantFrom("one", "two") }),
      }),
    ),
  },
  { requiredKeys: [] },
);
/** Files as they are written, or that are not there; a list names some of them twice or not at all. */
const sets = fc.record({
  files: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: file.map((content) => JSON.stringify(content)) },
      fc.constantFrom(undefined, "", "# nothing\n"),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  order: fc.array(fc.constantFrom("0", "1", "2", "3", ""), { minLength: 1, maxLength: 6 }),
});

if (!hasKubectl)
  console.log("kubectl is not on the PATH: skipped, the merged kubeconfigs are not compared with its own");
else
  test(`merge :: as kubectl on ${cases} generated sets of files, all and one context`, async ({ folder }) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(sets, async ({ files, order }) => {
        round += 1;
        files.forEach((content, index) => {
          const home = join(folder, `${round}`, `${index}`);
          mkdirSync(join(home, "keys"), { recursive: true });
          for (const each of ["ca.pem", "keys/client.pem", "keys/client.key"])
            writeFileSync(join(home, each), `${each} of ${index}`);
          if (content !== undefined) writeFileSync(join(home, "config"), content);
        });
        const KUBECONFIG = order.map((each) => each && join(folder, `${round}`, each, "config")).join(delimiter);
        const env = { KUBECONFIG, HOME: folder };
        const merged = mergeKubeconfigs(undefined, env);
        const theirs = await kubectl(folder, KUBECONFIG, []);
        assert.equal(theirs && flatten(theirs), flatten(merged));
        for (const words of [[], ["--context", "a"]]) {
          const current = words[1] ?? merged["current-context"];
          const ours = minify(merged, current);
          const one = await kubectl(folder, KUBECONFIG, ["--minify", ...words]);
          // kubectl refuses to show a context that is not there, or whose cluster or user is not.
          const whole = ours.contexts.length + ours.clusters.length + ours.users.length === 3;
          assert.equal(one && flatten(one), whole ? flatten(ours) : undefined);
        }
      }),
      { numRuns: cases, includeErrorInReport: true },
    );
  });

test("files :: those of KUBECONFIG, else the one at home; a blank entry is none", ({ folder }) => {
  mkdirSync(join(folder, ".kube"));
  writeFileSync(join(folder, ".kube", "config"), "current-context: home\n");
  writeFileSync(join(folder, "other"), "current-context: other\n");
  const current = (KUBECONFIG?: string) => mergeKubeconfigs(undefined, { KUBECONFIG, HOME: folder })["current-context"];
  assert.is(current(), "home");
  assert.is(current(""), "home");
  assert.is(current(`${delimiter}${join(folder, "other")}`), "other");
  assert.is(current(join(folder, "missing")), "");
});

test("files :: a named one is alone, and has to be there", ({ folder }) => {
  const path = join(folder, "named");
  assert.throws(() => mergeKubeconfigs(path, {}), `the kubeconfig "${path}" cannot be read: there is no such file`);
  writeFileSync(path, "current-context: named\n");
  assert.is(mergeKubeconfigs(path, { KUBECONFIG: "/none" })["current-context"], "named");
});

for (const [what, content, said] of [
  ["no mapping", "just text", /cannot be read: it is no YAML mapping$/],
  ["no YAML", "{", /cannot be read: .*line 1|cannot be read: unexpected end/],
  [
    "a name twice",
    "users: [{name: a}, {name: a}]",
    /cannot be read: it has two entries with the name "a" in one list$/,
  ],
] as const) {
  test(`files :: refused, ${what}`, ({ folder }) => {
    writeFileSync(join(folder, "config"), content);
    assert.throws(() => mergeKubeconfigs(undefined, { KUBECONFIG: join(folder, "config") }), said);
  });
}

test("files :: a folder is refused by its name", ({ folder }) =>
  assert.throws(
    () => mergeKubeconfigs(undefined, { KUBECONFIG: folder }),
    `the kubeconfig "${folder}" cannot be read`,
  ));

test("paths :: of tokens and commands too, not of what is on the PATH", ({ folder }) => {
  const path = join(folder, "config");
  const users = [
    { name: "a", user: { tokenFile: "token", exec: { command: "bin/login" } } },
    { name: "b", user: { exec: { command: "login" } } },
  ];
  writeFileSync(path, JSON.stringify({ users }));
  assert.equal(mergeKubeconfigs(path, {}).users, [
    { name: "a", user: { tokenFile: join(folder, "token"), exec: { command: join(folder, "bin/login") } } },
    { name: "b", user: { exec: { command: "login" } } },
  ]);
});

const contexts = [
  { name: "one", context: { cluster: "none", user: "none" } },
  { name: "two", context: { cluster: "none", user: "none" } },
];
for (const [what, content, context, exit, said] of [
  [
    "no file",
    undefined,
    undefined,
    2,
    /^no kubeconfig names a cluster \(looked for: ".*config", ".*missing"\); give one with/,
  ],
  ["an empty file", "", undefined, 2, /^no kubeconfig names a cluster \(looked for: ".*config", ".*missing"\)/],
  [
    "no current context",
    { contexts },
    undefined,
    2,
    /^no current context in ".*config".*; choose one with --context: "one", "two"$/,
  ],
  [
    "another context",
    { contexts },
    "three",
    3,
    /^the kubeconfig has no context "three"; it has "one", "two" \(read: ".*config"/,
  ],
  [
    "a current context that is not there",
    { "current-context": "three", contexts },
    undefined,
    2,
    /no context "three"; it has "one"/,
  ],
  [
    "a cluster that is not there",
    { "current-context": "two", contexts },
    undefined,
    2,
    /^context "two" names a cluster that/,
  ],
] as const) {
  test(`connect :: ${what} is told in one line`, async ({ folder }) => {
    const path = join(folder, "config");
    if (content !== undefined) writeFileSync(path, content && JSON.stringify(content));
    const place = { dir: ".", namespace: "default", ...(context && { context }) };
    try {
      await connect(place, { KUBECONFIG: [path, join(folder, "missing")].join(delimiter) });
      assert.unreachable("there is no cluster");
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, said);
      assert.is((error as Fault).exit, exit);
    }
  });
}

test.run();
