// A master that demands a token, on a real cluster: npm run test:cluster.
import { NetworkingV1Api } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { label } from "../../src/drivers/kubernetes/apply/plan.ts";
import { listOurs } from "../../src/drivers/kubernetes/cluster/objects.ts";
import { readLog } from "../../src/drivers/kubernetes/reach/logs.ts";
import { Forward } from "../../src/drivers/kubernetes/reach/port-forward.ts";
import { ask } from "../../src/flipt.ts";
import type { Result } from "../../src/steps/run.ts";
import { clusterLab } from "./lab.ts";
import { fliptComponent } from "./place.ts";

const { cluster, lab, end } = await clusterLab("-token");
const { namespace } = cluster;
const mode = "local";
const withoutToken = ["up", "--mode", mode, ...fliptComponent];
const withToken = [...withoutToken, "--component", "token"];
const agreement = "sidecar and master agree when the application asks both";

/** The token, and what tells whether its Secret is still the same one. */
async function readSecret(): Promise<{ token: string; uid: string | undefined }> {
  const { data = {}, metadata } = await cluster.core.readNamespacedSecret({ name: "flipt-token", namespace });
  return { token: Buffer.from(data.token ?? "", "base64").toString(), uid: metadata?.uid };
}

/** The status that a service answers a list of flags with. */
async function statusOf(service: string, headers: Record<string, string> = {}): Promise<number> {
  const forward = await Forward.open(cluster, service, 8080);
  try {
    return (await ask(forward.url, "/api/v1/namespaces/default/flags", { headers })).status;
  } finally {
    forward.close();
  }
}

async function verify(what: string, ...options: string[]): Promise<Result[]> {
  const { stdout } = await lab(what, mode, ["verify", "--mode", mode, "--output", "json", ...options]);
  const { failed, results } = JSON.parse(stdout);
  assert.is(failed, 0);
  return results;
}

const notProvable = (results: Result[]): string[] =>
  results.filter(({ outcome }) => outcome === "not provable").map(({ title }) => title);

const test = suite("lab on a cluster, with a token");

test("up :: makes the Secret, and shows it nowhere", async () => {
  await lab("down", mode, ["down"]);
  const { stdout, stderr } = await lab("up", mode, withToken);
  assert.match(stdout, "Secrets made: flipt-token");
  const { token } = await readSecret();
  assert.match(token, /^[0-9a-f]{40}$/);
  assert.not.match(stdout + stderr, token);
  for (const { metadata, spec } of (await cluster.core.listNamespacedPod({ namespace })).items)
    for (const { name: container } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])])
      assert.not.match(await readLog(cluster, metadata?.name ?? "", { container }), token, container);
});

test("master :: refuses who has no token, and takes the one of the Secret", async () => {
  assert.is(await statusOf("flipt-master"), 401);
  assert.is(await statusOf("flipt-master", { authorization: "Bearer wrong" }), 401);
  assert.is(await statusOf("flipt-master", { authorization: `Bearer ${(await readSecret()).token}` }), 200);
});

test("sidecar :: answers everybody", async () => {
  assert.is(await statusOf("sample-app"), 200);
});

test("verify :: every fact holds, apart from the comparison, which there is not", async () => {
  const results = await verify("verify");
  assert.ok(results.filter(({ outcome }) => outcome === "passed").length >= 30);
  assert.ok(notProvable(results).includes(agreement));
});

test("status, export :: they know the token", async () => {
  const { stdout } = await lab("status", mode, ["status", "--output", "json"]);
  const { hops } = JSON.parse(stdout);
  assert.equal(
    hops.filter(({ ok }: { ok: boolean }) => !ok),
    [],
  );
  assert.not.match(stdout, (await readSecret()).token);
  await lab("export", mode, ["export"]);
});

test("up :: without the component the master is open, and the Secret stays as long as its database", async () => {
  const { uid } = await readSecret();
  await lab("up, without", mode, withoutToken);
  assert.is(await statusOf("flipt-master"), 200);
  assert.is((await readSecret()).uid, uid);
});

test("verify :: holds with the comparison flow denied", async () => {
  const results = await verify("app", "--only", "application");
  assert.equal(notProvable(results), []);
  const policies = cluster.config.makeApiClient(NetworkingV1Api);
  await policies.deleteNamespacedNetworkPolicy({ name: "sample-app-comparison", namespace });
  assert.equal(notProvable(await verify("app, denied", "--only", "application")), [agreement]);
});

test("up :: with the component again, the database still knows the token", async () => {
  await lab("up, again", mode, withToken);
  assert.is(await statusOf("flipt-master", { authorization: `Bearer ${(await readSecret()).token}` }), 200);
});

test("down :: leaves nothing, the Secret neither", async () => {
  await lab("down", mode, ["down"]);
  assert.equal((await listOurs(cluster)).map(label), []);
});

test.after(end);

test.run();
