// Volumes that no provisioner deletes, as those from before a restart of minikube's, and two verifications of one lab;
// part of npm run test:cluster. Needs a class that makes folders of a node at once, as minikube's does.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoordinationV1Api, PatchStrategy, RbacAuthorizationV1Api, setHeaderOptions } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Forward } from "../../src/drivers/kubernetes/reach/port-forward.ts";
import { lookInto } from "../../src/drivers/kubernetes/reach/volume-content.ts";
import { switchFlag } from "../../src/flipt.ts";
import { until } from "../../src/until.ts";
import { fliptComponent, Place } from "./place.ts";

const place = await Place.reach("-volumes");
const { cluster } = place;
const { core, namespace } = cluster;
const image = "flipt-sidecar-lab/exporter:0.1.0";
const soon = (): AbortSignal => AbortSignal.timeout(120_000);

async function lab(args: string[], code = 0): Promise<{ stdout: string; stderr: string }> {
  const finished = await place.lab(args);
  assert.is(finished.code, code, `lab ${args.join(" ")}\n${finished.stdout}${finished.stderr}`);
  return finished;
}
const up = (mode = "local") => lab(["up", "--mode", mode, ...fliptComponent]);

const volumes = async () =>
  (await core.listPersistentVolume()).items.filter(({ spec }) => spec?.claimRef?.namespace === namespace);

/** Gives the volumes to a provisioner that is no more: what minikube's restart does, whose provisioner has a new identity then. */
async function strand(): Promise<void> {
  for (const { metadata } of await volumes()) {
    const body = { metadata: { annotations: { "pv.kubernetes.io/provisioned-by": "the-one-before-the-restart" } } };
    const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await core.patchPersistentVolume({ name: metadata?.name ?? "", body }, merge);
  }
}

/** A claim of the name that a lab's has; what its folder holds. */
async function lookAgain(name: string): Promise<string[] | undefined> {
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };
  await core.createNamespacedPersistentVolumeClaim({ namespace, body: { metadata: { name }, spec } });
  const found = await lookInto(cluster, [name], image, false, soon());
  await core.deleteNamespacedPersistentVolumeClaim({ name, namespace });
  await until("the end of the claim", { seconds: 60 }, async () =>
    (await volumes()).length === 0 ? { value: true } : { seen: "there" },
  );
  return found[name];
}

async function switchOn(): Promise<void> {
  const forward = await Forward.open(cluster, "flipt-master", 8080);
  await switchFlag(forward.url, "default", "dark-mode", true);
  forward.close();
}

const test = suite("volumes");

test.before(async () => {
  await lab(["down"]);
  // Stays when `down` has removed the lab, so that one can look.
  await core.createNamespace({ body: { metadata: { name: namespace } } });
});

test("down :: what no provisioner deletes goes, content included; the next lab starts empty", async () => {
  const first = await up();
  assert.not.match(first.stdout, "new, but with");
  await switchOn();
  await strand();
  const { stdout } = await lab(["down"]);
  assert.match(stdout, "and 2 volumes from namespace");
  assert.equal(await volumes(), []);
  assert.equal([await lookAgain("flipt-master"), await lookAgain("flipt-features")], [[], []]);
  assert.match((await up()).stdout, /flipt-sidecar +flag "dark-mode" is false/);
});

test("a change of the mode :: the old publication goes with its claim", async () => {
  await strand();
  const { stdout } = await up("object-store");
  assert.match(stdout, /removed: .*PersistentVolumeClaim "flipt-features"/);
  assert.equal((await volumes()).map(({ spec }) => spec?.claimRef?.name).sort(), ["flipt-master", "minio"]);
  assert.equal(await lookAfterMode(), []);
});

/** The volumes of the running lab stay, so that the look waits for no end of all. */
async function lookAfterMode(): Promise<string[] | undefined> {
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };
  const name = "flipt-features";
  await core.createNamespacedPersistentVolumeClaim({ namespace, body: { metadata: { name }, spec } });
  const found = await lookInto(cluster, [name], image, false, soon());
  await core.deleteNamespacedPersistentVolumeClaim({ name, namespace });
  return found[name];
}

test("claims that somebody else removed :: up says that they are not empty, down says what is left", async () => {
  await lab(["down"]);
  await up();
  await strand();
  await switchOn();
  for (const name of ["flipt-master", "sample-app"])
    await cluster.apps.deleteNamespacedDeployment({ name, namespace, propagationPolicy: "Foreground" });
  await cluster.batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: "Background" });
  for (const name of ["flipt-master", "flipt-features"])
    await core.deleteNamespacedPersistentVolumeClaim({ name, namespace });
  await until("the end of the claims", { seconds: 60 }, async () => {
    const { items } = await core.listNamespacedPersistentVolumeClaim({ namespace });
    return items.length === 0 ? { value: true } : { seen: `${items.length}` };
  });
  const left = (await volumes()).map(({ metadata }) => metadata?.name ?? "");
  assert.is(left.length, 2);
  const { stdout } = await up();
  assert.match(stdout, /new, but with what an earlier lab has left in the same folder: .*claim "flipt-master" \(/);
  assert.match(stdout, "to start empty: npm run -s lab -- down --on kubernetes");
  const down = await lab(["down"]);
  for (const name of left) {
    assert.match(down.stdout, `volume "${name}" of claim "flipt-`);
    assert.match(
      down.stdout,
      `remove it with: kubectl delete pv ${name} --context ${cluster.context}, and on its node`,
    );
  }
  assert.equal((await volumes()).map(({ metadata }) => metadata?.name).sort(), left.sort(), "nothing goes on a guess");
  for (const name of left) await core.deletePersistentVolume({ name });
  assert.match((await up()).stdout, /flipt-sidecar +flag "dark-mode" is false/);
});

const leases = cluster.config.makeApiClient(CoordinationV1Api);
const readLease = async () => (await leases.listNamespacedLease({ namespace })).items;

test("two verifications :: the second is refused in one line; a killed one frees the lab by itself", async () => {
  const first = place.start(["verify", "--mode", "local", "--only", "replication"]);
  await until("the Lease", { seconds: 60 }, async () =>
    (await readLease()).length > 0 ? { value: true } : { seen: first.output() },
  );
  const { stderr } = await lab(["verify", "--mode", "local", "--only", "read-only"], 2);
  assert.match(
    stderr,
    new RegExp(
      `^lab: another verify is at the lab in namespace "${namespace}": process ${first.child.pid} on \\S+, since 20\\S+Z; wait for its end; if it was killed, the lab is free at 20\\S+Z\\n$`,
    ),
  );
  first.child.kill("SIGKILL");
  await first.finished;
  await lab(["verify", "--mode", "local", "--only", "read-only"], 2);
  // As a minute later.
  const [lease] = await readLease();
  assert.ok(lease?.spec?.renewTime && lease.metadata?.name);
  const past = new Date(Date.now() - 61_000).toISOString().replace("Z", "000Z");
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  await leases.patchNamespacedLease(
    { name: lease.metadata.name, namespace, body: { spec: { renewTime: past } } },
    merge,
  );
  await lab(["verify", "--mode", "local", "--only", "read-only"]);
  assert.equal(await readLease(), []);
});

test("rights to read only :: verify says what it may not do", async () => {
  const name = "reader";
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  const rbac = cluster.config.makeApiClient(RbacAuthorizationV1Api);
  const body = {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  };
  await rbac.createNamespacedRoleBinding({ namespace, body });
  const { status } = await core.createNamespacedServiceAccountToken({
    name,
    namespace,
    body: { spec: { audiences: [], expirationSeconds: 600 } },
  });
  const dir = await mkdtemp(join(tmpdir(), "reader-"));
  const file = join(dir, "kubeconfig");
  const config = {
    "current-context": cluster.context,
    clusters: [
      {
        name: "one",
        cluster: { server: cluster.server, "certificate-authority-data": cluster.config.getCurrentCluster()?.caData },
      },
    ],
    users: [{ name, user: { token: status?.token } }],
    contexts: [{ name: cluster.context, context: { cluster: "one", user: name } }],
  };
  await writeFile(file, JSON.stringify(config));
  const { code, stderr } = await place.lab(["verify", "--kubeconfig", file, "--mode", "local"]);
  await rm(dir, { recursive: true });
  assert.is(code, 2, stderr);
  assert.match(
    stderr,
    /^lab: verify changes the lab that it proves and holds it by a Lease: leases.* is forbidden: .*\n$/,
  );
});

test.after(() => place.remove());

test.run();
