// The ring minikube where a cluster is needed: a stand-in for minikube's command line, whose profiles lead to the cluster of the
// kubeconfig: npm run test:cluster minikube. CLUSTER_NAMESPACE says where; images are loaded before.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reason } from "../../../../pipeline/src/failure.ts";
import { locate, Stand } from "../minikube/stand.ts";
import { fliptComponent, Place } from "./place.ts";

const place = await Place.reach("-profile");
const own = await Place.reach("-throwaway");
// The stand-in removes no objects with a profile: a lab without policies needs a namespace that never had one.
const open = await Place.reach("-open");
const kubectl = (await locate("kubectl")) ?? "";
const stand = await Stand.open(["minikube", "docker"], { kubectl });
const env = { FAKE_CLUSTER: process.env.KUBECONFIG ?? join(process.env.HOME ?? "", ".kube/config") };
const on = (where: Place): string[] => ["--on", "minikube", "--namespace", where.cluster.namespace];

async function lab(where: Place, [command = "", ...rest]: string[]): Promise<string> {
  const started = Date.now();
  const { code, stdout, stderr } = await stand.run([command, ...on(where), ...rest], env);
  assert.is(code, 0, `lab ${command} ${rest.join(" ")}\n${stdout}${stderr}`);
  console.log(`measured ${command.padEnd(12)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`);
  return stdout;
}

const orders = async (): Promise<string[]> =>
  (await stand.calls()).flatMap(([order = "", , profile = ""]) =>
    ["start", "delete"].includes(order) ? [`${order} ${profile}`] : [],
  );

const test = suite("lab --on minikube, in a cluster");
test.after(async () => {
  for (const each of [place, own, open]) await each.remove();
  await stand.close();
});

test("up :: starts the profile, then the lab in it", async () => {
  const output = await lab(place, ["up", "--mode", "local", ...fliptComponent]);
  assert.match(output, /• 19\/19 Done[\s\S]*✓ minikube [\s\S]*✓ images [\s\S]*✓ flipt-sidecar +flag/);
  assert.match(output, `npm run -s lab -- verify --on minikube --namespace ${place.cluster.namespace} --mode local`);
  assert.match(output, "kubectl port-forward svc/flipt-master --context flipt-sidecar-lab");
});

test("up :: a second one changes nothing", async () => {
  const output = await lab(place, ["up", "--mode", "local", ...fliptComponent]);
  assert.match(output, 'profile "flipt-sidecar-lab" runs');
  assert.match(output, / 0 created, 0 changed/);
  assert.equal(await orders(), ["start flipt-sidecar-lab"]);
});

test("status, export, verify :: on the running lab", async () => {
  assert.is.not(JSON.parse(await lab(place, ["status", "--output", "json"])).verdict, "broken");
  assert.match(await lab(place, ["export"]), /^(unchanged|published) /);
  const proved = await lab(place, ["verify", "--mode", "local", "--only", "locality", ...fliptComponent]);
  assert.match(proved, /mode local verified: [1-9]\d* passed, 0 failed/);
  assert.equal(await orders(), ["start flipt-sidecar-lab"]);
});

test("diagnostics :: of profile and lab", async () => {
  await lab(place, ["diagnostics", "--output", "found"]);
  const found = await readdir(join(stand.folder, "found"));
  for (const name of ["minikube.log", "objects.yaml", "events.txt", "hops.json"]) assert.ok(found.includes(name), name);
  assert.is(await readFile(join(stand.folder, "found", "not-found.txt"), "utf8"), "");
});

test("verify :: where no lab of the mode runs, on a profile of its own, which is removed", async () => {
  const before = (await orders()).length;
  const words = ["verify", "--mode", "local", "--only", "application", ...fliptComponent];
  const output = await lab(own, words);
  assert.match(output, 'in a minikube profile of its own, "flipt-sidecar-lab-verify-local"');
  assert.match(
    output,
    /mode local verified: [1-9]\d* passed, 0 failed[\s\S]*removed profile "flipt-sidecar-lab-verify-local"/,
  );
  const profile = "flipt-sidecar-lab-verify-local";
  assert.equal((await orders()).slice(before), [`start ${profile}`, `delete ${profile}`]);
});

/** A component that takes all NetworkPolicies away. */
async function withoutPolicies(): Promise<string> {
  const folder = join(stand.folder, "without-policies");
  const patch = "$patch: delete\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: any }\n";
  const component = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    patches: [{ patch, target: { kind: "NetworkPolicy" } }],
  };
  await mkdir(folder);
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(component));
  return folder;
}

test("verify :: a fact that is false on a profile of its own is named last, to a caller such as Dagger too", async () => {
  const words = ["verify", ...on(open), "--mode", "local", "--only", "reaches none of our ports", ...fliptComponent];
  const { code, stdout, stderr } = await stand.run([...words, "--component", await withoutPolicies()], env);
  assert.is(code, 1, `${stdout}${stderr}`);
  assert.match(stdout, 'removed profile "flipt-sidecar-lab-verify-local"');
  const said = reason(stdout, stderr);
  assert.match(said, /^mode local NOT verified, false is: ".*" \(.+\)$/);
  assert.not.match(said, "removed");
  console.log(`measured ${said}`);
});

test("down :: removes the profile", async () => {
  assert.match(await lab(place, ["down"]), 'removed profile "flipt-sidecar-lab"');
  assert.equal(await readdir(join(stand.folder, "profiles")), []);
});

test.run();
