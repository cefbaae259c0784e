import * as assert from "uvu/assert";
import { manifestSuite } from "./check.ts";
import { container, find, type JobSpec, kind, pod } from "./manifest.ts";

const test = manifestSuite("workloads");
const partOf = "app.kubernetes.io/part-of";

test.each("every object bears our label and its own name, and none a namespace", (objects) => {
  for (const { kind, metadata } of objects) {
    assert.is(metadata.labels?.[partOf], "flipt-sidecar-lab", `${kind} ${metadata.name}`);
    assert.ok(metadata.labels?.["app.kubernetes.io/name"], `${kind} ${metadata.name}`);
    assert.is(metadata.namespace, undefined, `${kind} ${metadata.name}`);
  }
});

test.each("no Secret and nothing that reaches beyond the namespace", (objects) => {
  const allowed = ["ConfigMap", "CronJob", "Deployment", "Job", "NetworkPolicy", "PersistentVolumeClaim", "Service"];
  assert.equal(
    [...new Set(objects.map(({ kind }) => kind as string))].filter((each) => !allowed.includes(each)),
    [],
  );
});

test.each("names of generated ConfigMaps do not change with their content", (objects, { mode, components }) => {
  const store = mode === "object-store" && !components.includes("real-s3") ? ["minio-setup"] : [];
  assert.equal(
    kind(objects, "ConfigMap").map(({ metadata }) => metadata.name),
    ["flipt-seed", ...store],
  );
});

test.each("flipt-exporter :: one at a time, bounded, without a retry that hides a refusal", (objects) => {
  const { spec } = find(objects, "CronJob", "flipt-exporter");
  assert.is(spec.schedule, "*/1 * * * *");
  assert.is(spec.concurrencyPolicy, "Forbid");
  assert.ok(spec.startingDeadlineSeconds >= 10 && spec.startingDeadlineSeconds < 60);
  assert.ok(spec.successfulJobsHistoryLimit <= 3 && spec.failedJobsHistoryLimit <= 3);
  const job = spec.jobTemplate.spec;
  assert.is(job.backoffLimit, 0);
  assert.is(job.template.spec.restartPolicy, "Never");
  // the exporter ends itself after 50 s
  assert.ok((job.activeDeadlineSeconds ?? 0) > 50 && (job.activeDeadlineSeconds ?? 999) <= 120);
});

const bounded = ({ backoffLimit = 6, activeDeadlineSeconds = Number.POSITIVE_INFINITY }: JobSpec): boolean =>
  backoffLimit <= 3 && activeDeadlineSeconds <= 1800;

test.each("jobs :: bounded, and they stay when they are done", (objects) => {
  for (const { metadata, spec } of kind(objects, "Job")) {
    assert.ok(bounded(spec), metadata.name);
    assert.is(spec.ttlSecondsAfterFinished, undefined, metadata.name);
    assert.is(spec.template.spec.restartPolicy, "Never", metadata.name);
  }
});

test.each("deployments :: whoever writes a volume is replaced, not doubled", (objects, { mode }) => {
  for (const { metadata, spec } of kind(objects, "Deployment")) {
    assert.is(spec.replicas, 1, metadata.name);
    const holds = spec.template.spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim) ?? false;
    assert.is(spec.strategy.type, holds ? "Recreate" : "RollingUpdate", metadata.name);
    // the server forbids both
    assert.is(spec.strategy.rollingUpdate === undefined, holds, metadata.name);
  }
  const { strategy } = find(objects, "Deployment", "sample-app").spec;
  if (mode === "object-store") assert.equal(strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
});

test.each("flipt-seed :: its file is mounted, and one pod at a time brings it in", (objects) => {
  const { data = {} } = find(objects, "ConfigMap", "flipt-seed");
  assert.equal(Object.keys(data), ["features.yml"]);
  const { command, image } = container(pod(objects, "flipt-seed"), "flipt-seed");
  assert.equal(command, ["node", "/app/seed.js", "/seed/features.yml"]);
  assert.is(image, container(pod(objects, "flipt-exporter"), "flipt-exporter").image);
  assert.is(find(objects, "Job", "flipt-seed").spec.podReplacementPolicy, "Failed");
});

test.each(
  "the volume between exporter and sidecar :: one group, one node, read-only for the sidecar",
  (objects) => {
    const exporter = pod(objects, "flipt-exporter");
    const application = pod(objects, "sample-app");
    for (const { spec } of [exporter, application]) {
      assert.is(spec.securityContext?.fsGroup, 1000);
      assert.is(spec.securityContext?.runAsGroup, 1000);
      assert.is(
        spec.volumes?.find(({ name }) => name === "flipt-features")?.persistentVolumeClaim?.claimName,
        "flipt-features",
      );
    }
    const mount = (each: typeof exporter, name: string) =>
      container(each, name).volumeMounts?.find(({ name }) => name === "flipt-features");
    assert.equal(mount(exporter, "flipt-exporter"), { name: "flipt-features", mountPath: "/flags" });
    assert.equal(mount(application, "flipt-sidecar"), {
      name: "flipt-features",
      mountPath: "/flags",
      readOnly: true,
    });
    assert.is(mount(application, "evaluation-client"), undefined);
    assert.equal(exporter.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution, [
      {
        topologyKey: "kubernetes.io/hostname",
        labelSelector: { matchLabels: { "app.kubernetes.io/name": "sample-app", [partOf]: "flipt-sidecar-lab" } },
      },
    ]);
    // otherwise each would wait for the other
    assert.is(application.spec.affinity, undefined);
  },
  ({ mode }) => mode === "local",
);

test.each(
  "the stores' pods have no volume in common",
  (objects) => {
    assert.equal(
      kind(objects, "PersistentVolumeClaim")
        .map(({ metadata }) => metadata.name)
        .includes("flipt-features"),
      false,
    );
  },
  ({ mode }) => mode === "object-store",
);

test.run();
