// Without lab: kubectl alone brings up, shows and removes what k8s/README.md says, into a namespace under Pod Security restricted.
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Running, repository, run, start } from "../../../../testing/process.ts";
import { label } from "../../src/drivers/kubernetes/apply/plan.ts";
import { listOurs } from "../../src/drivers/kubernetes/cluster/objects.ts";
import { ask } from "../../src/flipt.ts";
import { type ModeName, modeNames } from "../../src/modes.ts";
import { until } from "../../src/until.ts";
import { fliptComponent, Place } from "./place.ts";

const place = await Place.reach("-kubectl");
const { context, namespace, core } = place.cluster;
const env: Record<string, string> = process.env.KUBECONFIG ? { KUBECONFIG: process.env.KUBECONFIG } : {};
const where = ["--context", context, "--namespace", namespace];
const everything = "deploy,cronjob,job,svc,netpol,pvc,configmap,secret";
const ours = "app.kubernetes.io/part-of=flipt-sidecar-lab";
const folder = await realpath(await mkdtemp(join(tmpdir(), "kubectl-")));

async function kubectl(args: string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await run("kubectl", { args: [...where, ...args], env, ...(stdin && { stdin }) });
  assert.is(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** The folder that `apply -k` is given: the overlay itself, or one that adds the emulator to it. */
async function kustomization(mode: string): Promise<string> {
  const overlay = repository(`k8s/overlays/${mode}`);
  const [, component] = fliptComponent;
  if (!component) return overlay;
  const from = (path: string): string => relative(folder, path);
  const content = { resources: [from(overlay)], components: [from(repository(`k8s/components/${component}`))] };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(content));
  return folder;
}

/** The example of k8s/examples with the source of a mode, and an image that the nodes of a test have. */
async function example(mode: ModeName): Promise<string> {
  const target = join(folder, "example");
  const from = (path: string): string => relative(target, repository(`k8s/${path}`));
  const [, component] = fliptComponent;
  const source = { local: "volume", "object-store": "bucket" }[mode];
  const content = {
    resources: ["deployment.yaml"],
    components: [`components/sidecar/${source}`, ...(component ? [`components/${component}`] : [])].map(from),
    images: [{ name: "nginxinc/nginx-unprivileged", newName: "flipt-sidecar-lab/evaluation-client", newTag: "0.1.0" }],
  };
  await mkdir(target, { recursive: true });
  // a kustomization takes files of its own folder only
  await copyFile(repository("k8s/examples/nginx/deployment.yaml"), join(target, "deployment.yaml"));
  await writeFile(join(target, "kustomization.yaml"), JSON.stringify(content));
  return target;
}

/** A forward as people type it, but for the port on this side, which may be taken. */
async function forward(service: string, port: number): Promise<{ url: string; forwarding: Running }> {
  const forwarding = start("kubectl", { args: ["port-forward", `svc/${service}`, ...where, `:${port}`], env });
  const url = await until<string>(`the port of ${service}`, { seconds: 20, everyMs: 100 }, async () => {
    const [, local] = forwarding.output().match(/127\.0\.0\.1:(\d+) ->/) ?? [];
    return local ? { value: `http://127.0.0.1:${local}` } : { seen: forwarding.output() };
  });
  return { url, forwarding };
}

/** What an address answers through a forward. */
async function answer(service: string, port: number, path: string): Promise<unknown> {
  const { url, forwarding } = await forward(service, port);
  try {
    const { status, body } = await ask(url, path);
    assert.is(status, 200, `${service} ${path}`);
    return body;
  } finally {
    await forwarding.stop();
  }
}

const test = suite("kubectl alone");

test.before(async () => {
  await place.remove();
  await until<void>("the namespace to be gone", { seconds: 120, everyMs: 500 }, async () => {
    const found = await core.listNamespace({ fieldSelector: `metadata.name=${namespace}` });
    return found.items.length === 0 ? { value: undefined } : { seen: "it is there" };
  });
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
});
test.after(async () => {
  await place.remove();
  await rm(folder, { recursive: true, force: true });
});

for (const mode of modeNames) {
  test(`${mode} :: apply -k ends in a working lab, whatever starts first`, async () => {
    const started = Date.now();
    await kubectl(["apply", "-k", await kustomization(mode)]);
    if (mode === "object-store") {
      const { stdout } = await run("sh", { args: [repository("k8s/secrets.sh")] });
      await kubectl(["create", "-f", "-"], stdout);
    }
    await kubectl(["rollout", "status", "deployment/sample-app", "--timeout=240s"]);
    console.log(`\n  measured: ${mode} by kubectl alone ${((Date.now() - started) / 1000).toFixed(0)} s`);
  });

  test(`${mode} :: the three forwards answer`, async () => {
    assert.match(JSON.stringify(await answer("flipt-master", 8080, "/api/v1/namespaces/default/flags")), "dark-mode");
    assert.match(JSON.stringify(await answer("sample-app", 8080, "/api/v1/namespaces/default/flags")), "dark-mode");
    assert.match(String(await answer("sample-app", 8000, "/")), /<!doctype html>/i);
  });

  test(`${mode} :: a Deployment of somebody else gets a sidecar by its label`, async () => {
    await kubectl(["apply", "-k", await example(mode)]);
    await kubectl(["rollout", "status", "deployment/nginx", "--timeout=120s"]);
    const body = JSON.stringify({ flagKey: "dark-mode", entityId: "me" });
    const question = `fetch("http://localhost:8080/evaluate/v1/boolean", { method: "POST", body: '${body}' })`;
    const script = `${question}.then(async (answer) => console.log(answer.status, await answer.text()))`;
    const told = await kubectl(["exec", "deployment/nginx", "--container", "nginx", "--", "node", "-e", script]);
    assert.match(told, /^200 .*"flagKey":"dark-mode"/);
    await kubectl(["delete", "-k", join(folder, "example")]);
  });

  test(`${mode} :: the command of k8s/README.md removes all of it`, async () => {
    await kubectl(["delete", everything, "-l", ours]);
    await until<void>("the removal", { seconds: 120, everyMs: 500 }, async () => {
      const left = await listOurs(place.cluster);
      return left.length === 0 ? { value: undefined } : { seen: left.map(label).join(", ") };
    });
  });
}

test("documents :: the command that removes is the one that was tried", async () => {
  assert.match(await readFile(repository("k8s/README.md"), "utf8"), `kubectl delete ${everything} -l ${ours}`);
});

test.run();
