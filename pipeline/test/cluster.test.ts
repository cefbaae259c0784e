import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lacking } from "../../k8s/test/render.ts";
import { type Call, cluster, play, sequence } from "./play.ts";

const test = suite("cluster");

const view =
  'kubectl config view --minify --output jsonpath={.current-context}{"\\n"}{.clusters[0].name}{"\\n"}{.clusters[0].cluster.server}{"\\n"}{.contexts[0].context.namespace}';
const here = "--on kubernetes --context mine --namespace own";
const opening = [view, "kubectl config set-cluster other --server https://api:6443 --tls-server-name kubernetes"];
for (const [name, call, words] of [
  ["up", (lab, dag) => lab.up("local", [], ...cluster(dag)), [`lab up ${here} --mode local`, `lab status ${here}`]],
  [
    "verify",
    (lab, dag) => lab.verify("local", ["fast"], ...cluster(dag)),
    [`lab verify ${here} --mode local --component fast`],
  ],
  ["status", (lab, dag) => lab.status(...cluster(dag)), [`lab status ${here}`]],
  ["down", (lab, dag) => lab.down(...cluster(dag)), [`lab down ${here}`]],
  [
    "diagnostics",
    (lab, dag) => lab.diagnostics(...cluster(dag)),
    [
      `lab diagnostics --output /now ${here}`,
      "cp --recursive /state/runs /diagnostics",
      "cp --recursive /now /diagnostics/now",
    ],
  ],
] as [string, Call, string[]][]) {
  test(`a cluster that is there :: ${name} runs in the engine, with the API beside it and without a socket`, async () => {
    const recording = await play(call);
    assert.is(recording.error, "");
    assert.equal(sequence(recording), [...opening, ...words]);
    for (const { image, socket, chain } of recording.commands) {
      assert.equal([image, socket], ["images/toolbox/Dockerfile", false]);
      assert.is(chain.find(({ field }) => field === "withServiceBinding")?.args.alias, "api");
      assert.is(chain.find(({ field }) => field === "withFile")?.args.permissions, 0o600);
      assert.is(chain.find(({ field }) => field === "withMountedCache")?.args.path, "/state/runs");
    }
    assert.equal(recording.said, []);
  });
}

test("a cluster that is there :: diagnostics brings out what was kept also when the lab answers nothing", async () => {
  const nothing = { command: /^lab diagnostics/, exit: 2, stderr: "lab: nothing of ours\n" };
  assert.is((await play((lab, dag) => lab.diagnostics(...cluster(dag)), nothing)).error, "");
});

test("a cluster that is there :: down says what it removed, and a line break", async () => {
  const removed = { command: /^lab down/, stdout: "removed 20 objects\n" };
  const { result } = await play((lab, dag) => lab.down(...cluster(dag)), removed);
  assert.is(result, "removed 20 objects\n");
});

test("a cluster that is there :: the next commands can be pasted, and name it as the user did", async () => {
  const { result, commands } = await play((lab, dag) => lab.up("local", [], ...cluster(dag)));
  const flags = "--kubeconfig ./kubeconfig --api tcp://10.0.0.5:6443";
  assert.match(String(result), `dagger call status ${flags}  `);
  assert.match(
    String(result),
    "kubectl --kubeconfig ./kubeconfig port-forward svc/sample-app   --namespace own 8000:8000",
  );
  assert.not.match(String(result), "dagger call kubeconfig");
  const caller = commands.at(-1)?.chain.find(({ args }) => args.name === "LAB_DAGGER");
  assert.is(caller?.args.value, ` ${flags}`);
});

test("a cluster that is there :: a namespace that is asked for wins over the kubeconfig's", async () => {
  const recording = await play((lab, dag) => lab.up("local", [], ...cluster(dag), "asked"));
  assert.is(sequence(recording).at(-1), "lab status --on kubernetes --context mine --namespace asked");
  assert.match(String(recording.result), "--api tcp://10.0.0.5:6443 --namespace asked  ");
  assert.match(String(recording.result), "--namespace asked 8000:8000");
});

const kubeconfig = `apiVersion: v1
kind: Config
current-context: mine
clusters:
  - { name: unused, cluster: { server: "https://10.0.0.1:6443" } }
  - { name: other, cluster: { server: "https://127.0.0.1:6443" } }
contexts:
  - { name: mine, context: { cluster: other, user: me, namespace: own } }
users: [{ name: me, user: { token: none } }]
`;

if (lacking) console.log(`the kubeconfig's rewriting skipped: ${lacking}`);
(lacking ? test.skip : test)(
  "a cluster that is there :: kubectl itself does with a kubeconfig what is asked of it",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
    const env = { ...process.env, KUBECONFIG: join(folder, "config") };
    const kubectl = (words: unknown): string => {
      assert.ok(Array.isArray(words));
      const { status, stdout, stderr } = spawnSync("kubectl", words.slice(1), { env, encoding: "utf8" });
      assert.is(status, 0, stderr);
      return stdout;
    };
    try {
      await writeFile(env.KUBECONFIG, kubeconfig);
      const { commands } = await play((lab, dag) => lab.status(...cluster(dag)));
      const [looking, setting] = commands.map(({ chain }) => chain.at(-1)?.args.args);
      assert.is(kubectl(looking), "mine\nother\nhttps://127.0.0.1:6443\nown");
      kubectl(setting);
      const stdout = kubectl(["kubectl", "config", "view", "--minify", "--output", "json"]);
      const [only] = JSON.parse(stdout).clusters;
      assert.equal(only, { name: "other", cluster: { server: "https://api:6443", "tls-server-name": "kubernetes" } });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test("a cluster that is there :: a kubeconfig that is none", async () => {
  const broken = { command: /config view/, exit: 1, stderr: "error: current-context must exist\n" };
  const { error } = await play((lab, dag) => lab.status(...cluster(dag)), broken);
  assert.match(error, /^kubeconfig failed: error: current-context must exist \(exit 1\); it needs a current context/);
});

test.run();
