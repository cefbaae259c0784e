// A bucket outside of the cluster, whose server is a MinIO on this machine (MINIO_BIN): npm run test:cluster.
import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { minioProgram } from "../../../../testing/minio.ts";
import { run } from "../../../../testing/process.ts";
import { readObject } from "../../src/drivers/bucket.ts";
import { label } from "../../src/drivers/kubernetes/apply/plan.ts";
import { listOurs } from "../../src/drivers/kubernetes/cluster/objects.ts";
import { KubernetesLab } from "../../src/drivers/kubernetes/lab/kubernetes-lab.ts";
import { readEtag, switchFlag } from "../../src/flipt.ts";
import { until } from "../../src/until.ts";
import { clusterLab } from "./lab.ts";
import { sharedAddress, startOutside } from "./outside.ts";
import { fliptComponent } from "./place.ts";

const { cluster, lab, end } = await clusterLab("-s3");
const { namespace } = cluster;

function skip(reason: string): never {
  console.log(`skipped: a bucket outside of the cluster: ${reason}`);
  process.exit(0);
}

const program = minioProgram() ?? skip("set MINIO_BIN, or put minio on the PATH");
const address =
  (await sharedAddress(cluster)) ?? skip("this machine has no address in a network of the cluster's nodes");
const outside = await startOutside(program, address);
const mode = "object-store";
const components = ["fast", outside.component].flatMap((each) => ["--component", each]);
const up = ["up", "--mode", mode, ...fliptComponent, ...components];
const { KUBECONFIG } = process.env;
const kubeconfig: Record<string, string> = KUBECONFIG ? { KUBECONFIG } : {};

const test = suite("a bucket outside of the cluster");

test("up :: without keys it says which commands make them, and changes nothing", async () => {
  await lab("down", mode, ["down"]);
  const { stderr } = await lab("up, no keys", mode, up, 2);
  assert.match(stderr, /^lab: missing Secrets: "s3-exporter", "s3-sidecar"; [^\n]+\n$/);
  assert.equal((await listOurs(cluster)).map(label), []);
  for (const command of stderr.slice(stderr.indexOf("kubectl")).trim().split(" && ")) {
    const { accessKeyId, secretAccessKey } = command.includes("s3-exporter")
      ? outside.users.exporter
      : outside.users.sidecar;
    const [program = "", ...args] = command
      .replace("KEY_ID=VALUE", `KEY_ID=${accessKeyId}`)
      .replace("ACCESS_KEY=VALUE", `ACCESS_KEY=${secretAccessKey}`)
      .split(" ");
    const { code, stderr } = await run(program, { args, env: kubeconfig });
    assert.is(code, 0, stderr);
  }
});

test("up :: the bucket and nothing of MinIO", async () => {
  const { stdout } = await lab("up", mode, up);
  assert.match(stdout, /flipt-sidecar +flag ".*" is (true|false)/);
  assert.not.match(stdout, "Secrets made");
  const names = (await listOurs(cluster)).map(label).join();
  assert.not.match(names, /minio/);
  assert.ok(await readObject(outside.root));
});

test("up :: a second one changes nothing", async () => {
  const { stdout } = await lab("up, second", mode, up);
  assert.match(stdout, / 0 created, 0 changed/);
});

test("verify :: what needs power over the store is not provable, all else holds", async () => {
  const { stdout } = await lab("verify", mode, ["verify", "--mode", mode, "--output", "json"]);
  const { passed, failed, results }: { passed: number; failed: number; results: Record<string, string>[] } =
    JSON.parse(stdout);
  const open = results.filter(({ outcome }) => outcome === "not provable");
  for (const { title, detail } of open) console.log(`\n  ${detail}: ${title}`);
  for (const { title, detail } of results)
    if (/own schedule|evaluates equally/.test(title ?? "")) console.log(`  ${title}: ${detail}`);
  assert.is(failed, 0);
  const reasons = open.map(({ group, detail = "" }) => `${group}: ${detail.replace("not provable here: ", "")}`);
  const harm = "access: the store is not the lab's: nothing is tried that could harm it";
  assert.equal(reasons.sort(), [
    ...Array(5).fill(harm),
    "durability: the store is not the lab's",
    ...Array(2).fill("locality: the store is not the lab's"),
    "publication: the exporter's pod reaches no server on this machine",
  ]);
  assert.is(passed, results.length - open.length);
  assert.ok(passed >= 25, `${passed} passed`);
});

test("fast :: a publication arrives within two seconds", async () => {
  const opened = await KubernetesLab.open(cluster, new AbortController().signal);
  const { master, sidecar } = opened.addresses;
  const seconds: number[] = [];
  try {
    for (const enabled of [true, false, true, false, true]) {
      const before = (await readObject(outside.root))?.revision;
      await switchFlag(master, "default", "dark-mode", enabled);
      const deadline = { seconds: 60, everyMs: 50 };
      const exported = opened.export();
      const revision = await until<string>("the publication", deadline, async () => {
        const seen = (await readObject(outside.root))?.revision;
        return seen && seen !== before ? { value: seen } : { seen: String(seen) };
      });
      const published = Date.now();
      await until<void>("flipt-sidecar", deadline, async () => {
        const seen = await readEtag(sidecar, "default");
        return seen === revision ? { value: undefined } : { seen: String(seen) };
      });
      seconds.push((Date.now() - published) / 1000);
      assert.is((await exported).exit, 0);
    }
  } finally {
    await opened.close();
  }
  console.log(
    `\n  measured: from the publication to the sidecar ${seconds.map((each) => each.toFixed(2)).join(", ")} s`,
  );
  assert.ok(Math.max(...seconds) < 2, `${seconds}`);
});

/** Prints what came of a connection to each port. */
const script = `
const [host, ...ports] = process.argv.slice(1);
for (const port of ports) {
  const socket = require("node:net").connect({ host, port: Number(port), timeout: 3000 });
  const end = (seen) => { console.log(port + " " + seen); socket.destroy(); };
  socket.once("connect", () => end("connected")).once("timeout", () => end("refused")).once("error", () => end("refused"));
}`;

test("network :: no port of that machine but the store's is open", async () => {
  const other = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => other.listen(0, address, resolve));
  const bound = other.address();
  const ports = [new URL(outside.minio.endpoint).port, String(bound && typeof bound === "object" ? bound.port : 0)];
  // A pod that has run for long: some networks enforce policies only a moment after a pod's start.
  const place = ["--context", cluster.context, "--namespace", namespace];
  const args = ["exec", ...place, "deploy/sample-app", "-c", "evaluation-client", "--", "node", "-e", script];
  const { stdout, stderr } = await run("kubectl", { args: [...args, address, ...ports], env: kubeconfig });
  await new Promise((resolve) => other.close(resolve));
  assert.equal(stdout.trim().split("\n").sort(), [`${ports[0]} connected`, `${ports[1]} refused`].sort(), stderr);
});

test("status :: knows the bucket and each hop", async () => {
  const { stdout } = await lab("status", mode, ["status", "--output", "json"]);
  const { hops, verdict } = JSON.parse(stdout);
  const store = hops.find(({ name }: { name: string }) => name === "store");
  assert.is(store.address, `bucket "flipt" at ${outside.minio.endpoint}`);
  assert.ok(
    hops.every(({ ok }: { ok: boolean }) => ok),
    stdout,
  );
  assert.is.not(verdict, "broken");
});

test("down :: leaves the object in the bucket, and the Secrets that the user made", async () => {
  const before = await readObject(outside.root);
  await lab("down", mode, ["down"]);
  assert.equal((await listOurs(cluster)).map(label), []);
  const after = await readObject(outside.root);
  assert.ok(after);
  assert.is(after.revision, before?.revision);
  const { items } = await cluster.core.listNamespacedSecret({ namespace });
  assert.equal(items.map(({ metadata }) => metadata?.name).sort(), ["s3-exporter", "s3-sidecar"]);
});

test.after(async () => {
  await outside.stop();
  await end();
});

test.run();
