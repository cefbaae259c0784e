// What `lab up` says first about faults that are caused on a real cluster; part of npm run test:cluster.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dumpYaml, StorageV1Api } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Finished } from "../../../../testing/process.ts";
import { fliptComponent, Place } from "./place.ts";

const place = await Place.reach("-faults");
const { context, namespace } = place.cluster;
const where = `--context ${context} --namespace ${namespace}`;
const folder = await mkdtemp(join(tmpdir(), "faults-"));
const measured: string[] = [];

/** A component that changes one object. */
async function component(name: string, kind: string, target: string, patch: object): Promise<string> {
  const path = await mkdtemp(join(folder, `${name}-`));
  const apiVersion = kind === "Deployment" ? "apps/v1" : "v1";
  const change = { apiVersion, kind, metadata: { name: target }, ...patch };
  const content = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    patches: [{ path: "patch.yaml" }],
  };
  await writeFile(join(path, "patch.yaml"), dumpYaml(change));
  await writeFile(join(path, "kustomization.yaml"), dumpYaml(content));
  return path;
}

const master = (container: object): object => ({
  spec: { template: { spec: { containers: [{ name: "flipt-master", ...container }] } } },
});

/** Insists on the first line of stderr, and on nothing else there but where more is told. */
function insistOnLine({ code, stderr }: Finished, expected: RegExp, exit = 2): void {
  const [first = "", ...rest] = stderr.trimEnd().split("\n");
  assert.match(first, expected);
  assert.is(code, exit);
  for (const line of rest) assert.match(line, /^ {2}states, events and logs: /);
}

const pod = `pod "flipt-master-[a-z0-9-]+"`;
const container = `${pod}, container "flipt-master"`;

/** name, what is changed, in how many seconds at most, what is said. The words between are Kubernetes' own. */
const faults: [string, [string, string, object], number, string][] = [
  [
    "image that no node has",
    ["Deployment", "flipt-master", master({ image: "flipt-sidecar-lab/none:0.1.0", imagePullPolicy: "Never" })],
    40,
    `${container}: image "flipt-sidecar-lab/none:0.1.0" is missing \\(ErrImageNeverPull\\); look with: kubectl describe pod flipt-master-\\S+ ${where}$`,
  ],
  [
    "image that no registry has",
    ["Deployment", "flipt-master", master({ image: "registry.invalid/none:0.1.0" })],
    60,
    `${container}: image "registry.invalid/none:0.1.0" is missing \\((ErrImagePull|ImagePullBackOff)\\); look with: kubectl describe pod flipt-master-\\S+ ${where}$`,
  ],
  [
    "unschedulable",
    ["Deployment", "flipt-master", master({ resources: { requests: { cpu: "999" }, limits: { cpu: "999" } } })],
    40,
    `${pod}: no node takes it: .*Insufficient cpu.* \\(Unschedulable\\); look with: kubectl describe pod flipt-master-\\S+ ${where}$`,
  ],
  [
    "crash loop",
    ["Deployment", "flipt-master", master({ command: ["node", "-e", "console.log('told last'); process.exit(3)"] })],
    90,
    `${container}: it has ended \\d times, with exit code 3 \\(CrashLoopBackOff\\); its last line: told last; look with: kubectl logs flipt-master-\\S+ -c flipt-master --previous ${where}$`,
  ],
  [
    "Secret missing",
    [
      "Deployment",
      "flipt-master",
      master({ env: [{ name: "X", valueFrom: { secretKeyRef: { name: "of-nobody", key: "x" } } }] }),
    ],
    40,
    `missing Secrets: "of-nobody"; only you know what is in them: kubectl create secret generic of-nobody --context \\S+ --namespace \\S+ --from-literal=x=VALUE$`,
  ],
  [
    "probe failing",
    ["Deployment", "flipt-master", master({ startupProbe: { httpGet: { path: "/nowhere", port: 8080 } } })],
    90,
    `${container}: its probe fails: Startup probe failed: HTTP probe failed with statuscode: 404 \\(Unhealthy\\); its last line: .*; look with: kubectl logs flipt-master-\\S+ -c flipt-master ${where}$`,
  ],
  [
    "claim that cannot bind",
    ["PersistentVolumeClaim", "flipt-master", { spec: { storageClassName: "of-nobody" } }],
    60,
    `claim "flipt-master": no volume can be had: .*"of-nobody" not found \\(ProvisioningFailed\\); look with: kubectl get storageclass ${where}$`,
  ],
];

const test = suite("faults on a cluster");

for (const [name, change, seconds, said] of faults) {
  test(`up :: ${name}`, async () => {
    const started = Date.now();
    const finished = await place.lab(["up", ...fliptComponent, "--component", await component("fault", ...change)]);
    const took = (Date.now() - started) / 1000;
    insistOnLine(finished, new RegExp(`^lab: ${said}`));
    assert.ok(took < seconds, `${took} s`);
    measured.push(`${name.padEnd(28)} ${took.toFixed(1).padStart(5)} s  ${finished.stderr.split("\n")[0]}`);
    const { code, stdout } = await place.lab(["down"]);
    assert.is(code, 0, stdout);
    assert.equal(await place.leftovers(), []);
  });
}

test("no fault :: claims that wait for their first consumer", async () => {
  const storage = place.cluster.config.makeApiClient(StorageV1Api);
  const { items } = await storage.listStorageClass();
  const usual = items.find(({ metadata }) => metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"]);
  const { provisioner = "" } = usual ?? {};
  const name = `${namespace}-waits`;
  await storage.deleteStorageClass({ name }).catch(() => {});
  await storage.createStorageClass({
    body: { metadata: { name }, provisioner, volumeBindingMode: "WaitForFirstConsumer" },
  });
  try {
    const waits = await component("waits", "PersistentVolumeClaim", "flipt-master", {
      spec: { storageClassName: name },
    });
    const { code, stdout, stderr } = await place.lab(["up", ...fliptComponent, "--component", waits]);
    assert.is(code, 0, `${stdout}${stderr}`);
    const events = await place.cluster.core.listNamespacedEvent({ namespace });
    const waited = events.items.filter(({ reason }) => reason === "WaitForFirstConsumer");
    assert.equal([...new Set(waited.map(({ involvedObject }) => involvedObject.name))], ["flipt-master"]);
  } finally {
    await place.lab(["down"]);
    await storage.deleteStorageClass({ name });
  }
});

test("known before anything is touched :: the cause is told alone", async () => {
  const kubeconfig = async (change: (text: string) => string): Promise<string> => {
    const path = join(await mkdtemp(join(folder, "kubeconfig-")), "config");
    await writeFile(path, change(place.cluster.config.exportConfig()));
    return path;
  };
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  const port = address && typeof address === "object" ? address.port : 0;
  const server = (to: string) => kubeconfig((text) => text.replaceAll(place.cluster.server, to));
  const withoutKubectl = await mkdtemp(join(folder, "path-"));
  const cases: [string[], Record<string, string>, RegExp, number][] = [
    [["--context", "of-nobody"], {}, /^lab: the kubeconfig has no context "of-nobody"; it has "/, 3],
    [
      ["--kubeconfig", await server("https://127.0.0.1:1")],
      {},
      /does not answer: .*ECONNREFUSED.*; look with: kubectl/,
      2,
    ],
    [["--kubeconfig", await server(`https://127.0.0.1:${port}`)], {}, /does not answer.*; look with: kubectl/, 2],
    [["--component", "slow"], {}, /^lab: unknown component "slow": expected "/, 3],
    [["--component", "./none"], {}, /^lab: component ".\/none": there is no file ".*\/none\/kustomization.yaml"$/, 3],
    [[], { PATH: withoutKubectl }, /^lab: kubectl is not on the PATH; .*: https:/, 2],
  ];
  for (const [args, env, said, exit] of cases) {
    const started = Date.now();
    const finished = await place.lab(["up", ...args], env);
    insistOnLine(finished, said, exit);
    assert.is(finished.stdout, "", args.join(" "));
    assert.ok(Date.now() - started < 20_000, args.join(" "));
  }
  silent.close();
  assert.equal(await place.leftovers(), []);
});

test("known before anything is touched :: a name that somebody else has", async () => {
  const { core } = place.cluster;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  try {
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "flipt-seed" } } });
    const finished = await place.lab(["up", ...fliptComponent]);
    insistOnLine(
      finished,
      /^lab: ConfigMap "flipt-seed.*" in namespace ".*" exists and lacks the label .*: --namespace$/,
    );
    assert.is(finished.stdout, "");
    assert.equal(await place.leftovers(), []);
    const { stdout } = await place.lab(["down"]);
    assert.match(stdout, /nothing to do: .*stays: the lab has not made it/);
  } finally {
    await place.remove();
  }
});

test.after(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm("lab-failure", { recursive: true, force: true });
  for (const line of measured) console.log(`measured ${line}`);
});

test.run();
