import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lacking } from "../../k8s/test/render.ts";
import { type Call, cluster, play, sequence } from "./play.ts";

const test = suite("cluster");

const view = 'kubectl config view --minify --output jsonpath={.current-context}{"\\n"}{.clusters[0].name}';
const opening = [view, "kubectl config set-cluster other --server https://api:6443 --tls-server-name kubernetes"];
for (const [name, call, words] of [
  [
    "up",
    (lab, dag) => lab.up("local", [], ...cluster(dag)),
    ["lab up --on kubernetes --context mine --mode local", "lab status --on kubernetes --context mine"],
  ],
  [
    "verify",
    (lab, dag) => lab.verify("local", ["fast"], ...cluster(dag)),
    ["lab verify --on kubernetes --context mine --mode local --component fast"],
  ],
  ["status", (lab, dag) => lab.status(...cluster(dag)), ["lab status --on kubernetes --context mine"]],
  ["down", (lab, dag) => lab.down(...cluster(dag)), ["lab down --on kubernetes --context mine"]],
  [
    "diagnostics",
    (lab, dag) => lab.diagnostics(...cluster(dag)),
    [
      "lab diagnostics --output /state/runs/now --on kubernetes --context mine",
      "cp --recursive /state/runs /diagnostics",
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

test("a cluster that is there :: the next commands name it", async () => {
  const { result } = await play((lab, dag) => lab.up("local", [], ...cluster(dag)));
  assert.match(String(result), "dagger call status --kubeconfig FILE --api tcp://127.0.0.1:PORT ");
  assert.not.match(String(result), "dagger call kubeconfig");
});

const kubeconfig = `apiVersion: v1
kind: Config
current-context: mine
clusters:
  - { name: unused, cluster: { server: "https://10.0.0.1:6443" } }
  - { name: other, cluster: { server: "https://127.0.0.1:6443" } }
contexts:
  - { name: mine, context: { cluster: other, user: me } }
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
      assert.is(kubectl(looking), "mine\nother");
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
