import type { KubernetesObject } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Manifest } from "../../src/drivers/kubernetes/apply/manifests.ts";
import {
  endedUsers,
  hasChanged,
  label,
  order,
  prune,
  requiredKeys,
  requiredSecrets,
  roots,
} from "../../src/drivers/kubernetes/apply/plan.ts";
import { ours } from "../../src/drivers/kubernetes/cluster/kinds.ts";
import { otherObjects } from "../../src/drivers/kubernetes/cluster/other-objects.ts";
import { jobFrom } from "../../src/drivers/kubernetes/lab/cronjob.ts";
import { lastJson, toRun } from "../../src/drivers/kubernetes/lab/jobs.ts";

const test = suite("plan");

const labels = { [ours.name]: ours.value };
const object = (kind: string, name: string, apiVersion = "v1", spec: unknown = undefined): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, labels },
  ...(spec !== undefined && { spec }),
});

test("order :: what others need comes first", () => {
  const rendered = [
    object("CronJob", "flipt-exporter", "batch/v1"),
    object("Deployment", "minio", "apps/v1"),
    object("Service", "minio"),
    object("PersistentVolumeClaim", "minio"),
    object("ConfigMap", "flipt-seed"),
    object("Job", "flipt-seed", "batch/v1"),
  ];
  const seen = order(rendered).map((group) => group.map(({ kind }) => kind).join());
  assert.equal(seen, ["ConfigMap", "PersistentVolumeClaim", "Service", "Deployment", "Job", "CronJob"]);
});

test("order :: what could not be removed again is refused", () => {
  assert.throws(() => order([object("DaemonSet", "x", "apps/v1")]), /DaemonSet "x" .* no kind that the lab can remove/);
  assert.throws(() => order([{ ...object("Service", "x"), metadata: { name: "x" } }]), /Service "x" lacks the label/);
});

test("roots :: what nobody else removes", () => {
  const owner = (controller: boolean) => ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    name: "r",
    uid: "u",
    controller,
  });
  const pod = (name: string, controller: boolean) => ({
    ...object("Pod", name),
    metadata: { name, labels, ownerReferences: [owner(controller)] },
  });
  const all = [object("Deployment", "d", "apps/v1"), object("Pod", "alone"), pod("made", true), pod("kept", false)];
  assert.equal(roots(all).map(label), ['Deployment "d"', 'Pod "alone"', 'Pod "kept"']);
});

test("foreign :: what would be missed when its namespace went", () => {
  const owned = { name: "r", ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "d", uid: "u" }] };
  const all = [
    object("ConfigMap", "kube-root-ca.crt"),
    object("ServiceAccount", "default"),
    object("Event", "e"),
    object("EndpointSlice", "s", "discovery.k8s.io/v1"),
    object("Lease", "l", "coordination.k8s.io/v1"),
    { ...object("ReplicaSet", "r", "apps/v1"), metadata: owned },
    { ...object("Pod", "ending"), metadata: { name: "ending", deletionTimestamp: new Date() } },
    object("ConfigMap", "theirs"),
    object("ServiceAccount", "theirs"),
  ];
  assert.equal(otherObjects(all), ['ConfigMap "theirs"', 'ServiceAccount "theirs"']);
});

test("secrets :: those that a pod cannot start without", () => {
  const spec = {
    template: {
      spec: {
        containers: [
          { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "minio-root", key: "k" } } }] },
          { envFrom: [{ secretRef: { name: "minio-exporter" } }, { secretRef: { name: "extra", optional: true } }] },
        ],
        volumes: [
          { name: "v", secret: { secretName: "token" } },
          { name: "w", configMap: { name: "seed" } },
        ],
      },
    },
  };
  const manifests = [object("Deployment", "minio", "apps/v1", spec)];
  assert.equal(requiredSecrets(manifests), ["minio-exporter", "minio-root", "token"]);
  const keys = [...requiredKeys(manifests)].map(([name, keys]) => [name, ...keys]);
  assert.equal(keys, [["minio-root", "k"], ["minio-exporter"], ["token"]]);
});

test("prune :: only what is ours, not rendered, not in use and nobody's to remove", () => {
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "flipt-exporter", uid: "u", controller: true };
  const existing: KubernetesObject[] = [
    object("Deployment", "minio", "apps/v1"),
    object("Service", "sample-app"),
    object("Secret", "minio-root"),
    object("Secret", "minio-sidecar"),
    { ...object("ConfigMap", "foreign"), metadata: { name: "foreign" } },
    { ...object("ConfigMap", "other"), metadata: { name: "other", labels: { [ours.name]: "another-lab" } } },
    { ...object("Job", "flipt-exporter-1", "batch/v1"), metadata: { name: "j", labels, ownerReferences: [owner] } },
  ];
  const removed = prune(existing, [object("Service", "sample-app")], ["minio-sidecar"]).map(label);
  assert.equal(removed, ['Deployment "minio"', 'Secret "minio-root"']);
});

test("prune :: pods that have ended hold no claim", () => {
  const volumes = [{ persistentVolumeClaim: { claimName: "flipt-features" } }];
  const pod = (name: string, phase: string, volumes: object[]): KubernetesObject =>
    ({ ...object("Pod", name), spec: { volumes }, status: { phase } }) as KubernetesObject;
  const existing = [pod("a", "Failed", volumes), pod("b", "Running", volumes), pod("c", "Succeeded", [])];
  const claim = object("PersistentVolumeClaim", "flipt-features");
  assert.equal(endedUsers(existing, [claim]).map(label), ['Pod "a"']);
  assert.equal(endedUsers(existing, []).map(label), []);
});

for (const [name, before, after, changed] of [
  ["generation stays", { generation: 1, resourceVersion: "1" }, { generation: 1, resourceVersion: "2" }, false],
  ["generation moves", { generation: 1 }, { generation: 2 }, true],
  ["a kind without generation stays", { resourceVersion: "1" }, { resourceVersion: "1" }, false],
  ["a kind without generation moves", { resourceVersion: "1" }, { resourceVersion: "2" }, true],
] as [string, object, object, boolean][]) {
  test(`change :: ${name}`, () => assert.is(hasChanged({ metadata: before }, { metadata: after }), changed));
}

const cronJob = {
  metadata: { uid: "u1" },
  spec: {
    schedule: "*/1 * * * *",
    jobTemplate: {
      metadata: { labels: { "app.kubernetes.io/name": "flipt-exporter" } },
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            containers: [
              {
                name: "flipt-exporter",
                env: [
                  { name: "FLIPT_URL", value: "http://m" },
                  { name: "SINK_URL", value: "file:///f" },
                ],
              },
            ],
          },
        },
      },
    },
  },
};

test("job :: as kubectl makes it from the CronJob, with what is said once", () => {
  const settings = { FLIPT_URL: "http://other", FLIPT_NAMESPACES: "a" };
  const job = jobFrom(cronJob, "j", { allowEmpty: true, allowShrink: true, allowGrowth: true, env: settings });
  const env = job.spec?.template.spec?.containers[0]?.env?.map(({ name, value }) => `${name}=${value}`);
  const allowed = ["EMPTY", "SHRINK", "GROWTH"].map((name) => `EXPORT_ALLOW_${name}=true`);
  assert.equal(env, ["SINK_URL=file:///f", ...allowed, "FLIPT_URL=http://other", "FLIPT_NAMESPACES=a"]);
  assert.is(job.metadata?.annotations?.["cronjob.kubernetes.io/instantiate"], "manual");
  assert.is(job.metadata?.ownerReferences?.[0]?.uid, "u1");
  assert.is(job.metadata?.labels?.[ours.name], ours.value);
  assert.is(cronJob.spec.jobTemplate.spec.template.spec.containers[0]?.env.length, 2);
});

test("run :: what pod and log tell", () => {
  const terminated = { exitCode: 1, startedAt: new Date(1000), finishedAt: new Date(3000) };
  const pod = { status: { containerStatuses: [{ state: { terminated } }] } } as never;
  const text = 'for people\n{"message":"refusing","gate":"valid"}\n';
  const run = toRun({ metadata: { annotations: {} } }, pod, text);
  assert.equal(run, { started: 1000, ended: 3000, scheduled: true, exit: 1, line: "refusing", log: lastJson(text) });
  assert.equal(lastJson('{"message":"first"}\n{"message":"last"}\n'), { message: "last" });
  const manual = { metadata: { annotations: { "cronjob.kubernetes.io/instantiate": "manual" } } };
  assert.is(toRun(manual, pod, "killed")?.scheduled, false);
  assert.equal([toRun(manual, pod, "killed\n")?.line, lastJson("killed\n")], ["killed", {}]);
  assert.is(toRun(manual, { status: {} }, ""), undefined);
});

test.run();
