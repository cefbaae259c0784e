import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as assert from "uvu/assert";
import { run } from "../../testing/process.ts";
import { manifestSuite } from "./check.ts";
import { container, containers, find, kind, type Manifest, pod, pods } from "./manifest.ts";

const test = manifestSuite("pods");

test.each("which there are", (objects, { mode, components }) => {
  const store = mode === "object-store" && !components.includes("real-s3") ? ["minio", "minio-setup"] : [];
  assert.equal(
    pods(objects).map(({ name }) => name),
    ["flipt-exporter", "flipt-master", "flipt-seed", ...store, "sample-app"],
  );
});

test.each("Pod Security restricted", (objects) => {
  for (const each of pods(objects)) {
    const { securityContext: context = {}, hostNetwork } = each.spec;
    assert.is(context.runAsNonRoot, true, each.name);
    assert.is(context.seccompProfile?.type, "RuntimeDefault", each.name);
    // containerd makes no pod of a group without a user
    assert.ok(context.runAsUser && context.runAsGroup, `${each.name} has user and group`);
    assert.is(hostNetwork, undefined, each.name);
    for (const { name, securityContext } of containers(each)) {
      assert.is(securityContext?.allowPrivilegeEscalation, false, name);
      assert.is(securityContext?.readOnlyRootFilesystem, true, name);
      assert.equal(securityContext?.capabilities, { drop: ["ALL"] }, name);
      assert.is.not(securityContext?.runAsUser, 0, name);
    }
  }
});

test.each("no token of a service account, no service links", (objects) => {
  for (const { name, spec } of pods(objects)) {
    assert.is(spec.automountServiceAccountToken, false, name);
    assert.is(spec.enableServiceLinks, false, name);
  }
});

test.each("resources are requested and limited", (objects) => {
  for (const { name, resources } of pods(objects).flatMap(containers)) {
    const wanted = ["cpu", "ephemeral-storage", "memory"];
    assert.equal(Object.keys(resources?.requests ?? {}).sort(), wanted, name);
    assert.equal(Object.keys(resources?.limits ?? {}).sort(), wanted, name);
  }
});

test.each("volumes are of a kind that restricted allows, bounded, and all mounted", (objects) => {
  for (const each of pods(objects)) {
    const mounted = new Set(containers(each).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)));
    assert.equal([...mounted].sort(), (each.spec.volumes ?? []).map(({ name }) => name).sort(), each.name);
    for (const { name, emptyDir, configMap, persistentVolumeClaim } of each.spec.volumes ?? []) {
      if (emptyDir) assert.ok(emptyDir.sizeLimit, `${each.name}: ${name} has a limit`);
      else if (configMap) find(objects, "ConfigMap", configMap.name);
      else find(objects, "PersistentVolumeClaim", persistentVolumeClaim?.claimName ?? `of volume ${name}`);
    }
  }
});

test.each("a claim waits for no class and is read by somebody", (objects) => {
  const used = pods(objects).flatMap(({ spec }) =>
    (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
  );
  for (const { metadata, spec } of kind(objects, "PersistentVolumeClaim")) {
    assert.is(spec.storageClassName, undefined, metadata.name);
    assert.ok(used.includes(metadata.name), metadata.name);
  }
});

test.each("probes ask over HTTP, by number, a port that the container has", (objects) => {
  for (const { name, ports = [], ...probes } of pods(objects).flatMap(containers)) {
    for (const probe of [probes.startupProbe, probes.readinessProbe, probes.livenessProbe]) {
      if (!probe) continue;
      assert.is(probe.exec, undefined, name);
      assert.ok(
        ports.some(({ containerPort }) => containerPort === probe.httpGet?.port),
        `${name}: ${probe.httpGet?.port}`,
      );
    }
  }
});

test.each("ports are named, each number once a pod", (objects) => {
  for (const each of pods(objects)) {
    const ports = containers(each).flatMap(({ ports = [] }) => ports);
    assert.ok(ports.every(({ name }) => name));
    assert.is(new Set(ports.map(({ containerPort }) => containerPort)).size, ports.length, each.name);
  }
});

test.each("sample-app :: the sidecar is a native one, and a slow one is not killed", (objects) => {
  const { spec } = pod(objects, "sample-app");
  assert.equal(
    spec.initContainers?.map(({ name }) => name),
    ["flipt-sidecar", "flipt-sidecar-answers"],
  );
  const { restartPolicy, startupProbe, livenessProbe, readinessProbe } = container(
    pod(objects, "sample-app"),
    "flipt-sidecar",
  );
  assert.is(restartPolicy, "Always");
  // With one, Kubernetes 1.35.1 does not start a container again that dies after a restart of the kubelet (seen).
  assert.is(startupProbe, undefined);
  assert.equal(livenessProbe?.httpGet, { path: "/health", port: 8080 });
  const patience = (livenessProbe?.periodSeconds ?? 0) * (livenessProbe?.failureThreshold ?? 3);
  assert.ok(patience >= 60, `killed after ${patience} s at the earliest`);
  assert.ok((livenessProbe?.initialDelaySeconds ?? 0) + patience >= 120, "a start may take two minutes");
  assert.ok((livenessProbe?.timeoutSeconds ?? 1) >= 10, "an answer may take long");
  assert.is(readinessProbe, undefined, "the application alone decides whether the pod is ready");
});

async function waits(objects: Manifest[]): Promise<void> {
  const { command = [], restartPolicy } = container(pod(objects, "sample-app"), "flipt-sidecar-answers");
  assert.is(restartPolicy, undefined, "it ends before the application starts");
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const [, ...args] = command;
  const env = { FLIPT_SIDECAR_HEALTH: `http://127.0.0.1:${port}/health`, PATH: process.env.PATH ?? "" };
  const { code, stderr } = await run("sh", { args, env });
  server.close();
  assert.equal([command[0], code, stderr], ["sh", 0, ""]);
  assert.ok(asked >= 3, `asked ${asked} times`);
}

test.each(
  "sample-app :: what comes after the sidecar waits until it answers well",
  waits,
  ({ components }) => components.length === 0,
);

test.each("sample-app :: ready by /ready, asked often and with patience", (objects) => {
  const { readinessProbe } = container(pod(objects, "sample-app"), "evaluation-client");
  assert.equal(readinessProbe?.httpGet, { path: "/ready", port: 8000 });
  assert.ok((readinessProbe?.periodSeconds ?? 10) <= 2);
  assert.ok((readinessProbe?.timeoutSeconds ?? 1) > 2, "longer than the question to the sidecar");
});

test.run();
