import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { classify } from "../../src/drivers/kubernetes/watch/classify.ts";
import type { State } from "../../src/drivers/kubernetes/watch/informers.ts";

/** A state as a cluster of Kubernetes 1.34 told it, without names of machines. */
function recorded(name: string): State {
  const text = readFileSync(new URL(`../fixtures/kubernetes/${name}.json`, import.meta.url), "utf8");
  const state = JSON.parse(text);
  return { ...state, now: Date.parse(state.now) };
}

const test = suite("classify");

for (const [name, object, reason, next] of [
  [
    "image-missing",
    'pod "image-missing", container "main"',
    /^image ".*none:0.1.0" is missing \(ImagePullBackOff\)$/,
    /^describe pod/,
  ],
  ["image-never", 'pod "image-never", container "main"', /is missing \(ErrImageNeverPull\)$/, /^describe pod/],
  [
    "unschedulable",
    'pod "unschedulable"',
    /^no node takes it: .*Insufficient cpu.*\(Unschedulable\)$/,
    /^describe pod/,
  ],
  [
    "crash-loop",
    'pod "crash-loop", container "main"',
    /^it has ended \d times, with exit code 3 /,
    /^logs crash-loop -c main --previous$/,
  ],
  [
    "secret-missing",
    'pod "secret-missing", container "main"',
    /^secret "minio-root" is missing \(CreateContainerConfigError\)$/,
    /^get secret minio-root$/,
  ],
  [
    "probe-failing",
    'pod "probe-failing", container "main"',
    /^its probe fails: Readiness probe failed: .*\(Unhealthy\)$/,
    /^logs probe-failing -c main$/,
  ],
  ["claim-hopeless", 'claim "claim-hopeless"', /^no volume can be had: .*\(FailedBinding\)$/, /^get storageclass$/],
  ["flipt-seed", 'job "flipt-seed"', /^it has failed: .*\(BackoffLimitExceeded\)$/, /^logs job\/flipt-seed$/],
  [
    "refused",
    'deployment "flipt-master"',
    /^its pods are refused: .*PodSecurity.*\(FailedCreate\)$/,
    /^describe deployment/,
  ],
  ["sandbox", /^pod "sample-app-/, /^its node cannot make it: .*\(FailedCreatePodSandBox\)$/, /^describe pod/],
] as [string, string | RegExp, RegExp, RegExp][]) {
  test(`verdict :: ${name}`, () => {
    const verdict = classify(recorded(name));
    assert.match(verdict?.object ?? "none", object);
    assert.match(verdict?.reason ?? "none", reason);
    assert.match(verdict?.next ?? "none", next);
  });
}

test("no fault :: a claim that waits for its first consumer", () => {
  const state = recorded("claim-waiting");
  assert.is(state.claims.length, 1);
  assert.is(classify(state), undefined);
});

test("no fault :: a pod whose claim waits for its first consumer", () => {
  const pod = recorded("claim-hopeless").pods;
  const condition = pod[0]?.status?.conditions?.find(({ type }) => type === "PodScheduled");
  assert.match(condition?.message ?? "", /PersistentVolumeClaim/);
  assert.is(classify({ ...recorded("claim-waiting"), pods: pod }), undefined);
});

test("no fault :: a container that may still fail", () => {
  assert.is(classify(recorded("crash-loop"), ["main"]), undefined);
  assert.is(classify(recorded("probe-failing"), ["main"]), undefined);
  assert.ok(classify(recorded("image-missing"), ["main"]));
  assert.ok(classify(recorded("secret-missing"), ["main"]));
});

test("no fault :: the kubelet has not yet seen a new pod's Secrets", () => {
  const state = recorded("secret-missing");
  const waiting = state.pods[0]?.status?.containerStatuses?.[0]?.state?.waiting;
  assert.ok(waiting);
  waiting.message = "failed to sync secret cache: timed out waiting for the condition";
  assert.is(classify(state), undefined);
});

test("no fault :: what may pass has not lasted long enough", () => {
  for (const name of ["unschedulable", "probe-failing", "claim-hopeless", "sandbox", "refused"]) {
    const state = recorded(name);
    const [first] = [...state.pods, ...state.deployments];
    const made = new Date(first?.metadata?.creationTimestamp ?? 0).getTime();
    assert.is(classify({ ...state, now: made + 2000 }), undefined, name);
  }
});

test("no fault :: a claim that is younger than the making of a volume may take", () => {
  const state = recorded("claim-hopeless");
  for (const { metadata } of state.claims) if (metadata) metadata.creationTimestamp = new Date(state.now - 15_000);
  assert.is(classify(state), undefined);
});

test("no fault :: a pod that is being removed", () => {
  const state = recorded("image-missing");
  for (const { metadata } of state.pods) if (metadata) metadata.deletionTimestamp = new Date();
  assert.is(classify(state), undefined);
});

/** What must not be taken for a fault, made of a recorded one by one change. */
const harmless: [string, string, (state: State) => void][] = [
  [
    "a refusal of Job pods from before the watching began",
    "refused-job",
    (state) => Object.assign(state, { since: state.now }),
  ],
  [
    "a Job of the CronJob that failed: its exit code is the exporter's",
    "flipt-seed",
    ({ jobs, pods }) => {
      for (const { metadata } of jobs)
        if (metadata) metadata.ownerReferences = [{ apiVersion: "batch/v1", kind: "CronJob", name: "c", uid: "u" }];
      pods.length = 0;
    },
  ],
  [
    "a probe that failed twice",
    "probe-failing",
    ({ events }) => {
      for (const event of events)
        if (event.reason === "Unhealthy") Object.assign(event, { count: 2, series: undefined });
    },
  ],
  [
    "the probe of another container",
    "probe-failing",
    ({ events }) => {
      for (const { involvedObject } of events) involvedObject.fieldPath = "spec.containers{other}";
    },
  ],
  [
    "events of another pod of the same name",
    "probe-failing",
    ({ events }) => {
      for (const { involvedObject } of events) involvedObject.uid = "another";
    },
  ],
  [
    "a sandbox that failed twice",
    "sandbox",
    ({ events }) => {
      for (const event of events) event.count = Math.min(event.count ?? 1, 2);
    },
  ],
  [
    "a container that died once and runs",
    "crash-loop",
    ({ pods }) => {
      for (const { status } of pods)
        for (const container of status?.containerStatuses ?? [])
          Object.assign(container, { restartCount: 1, ready: true, started: true, state: { running: {} } });
    },
  ],
  [
    "a claim that is bound",
    "claim-hopeless",
    ({ claims }) => {
      for (const { status } of claims) if (status) status.phase = "Bound";
    },
  ],
];

for (const [name, from, change] of harmless) {
  test(`no fault :: ${name}`, () => {
    const state = from === "refused-job" ? refusedJob() : recorded(from);
    assert.ok(classify(state), "the recorded state is a fault");
    change(state);
    assert.is(classify(state), undefined);
  });
}

/** A Job whose pods are refused, as the events of the Deployment tell it. */
function refusedJob(): State {
  const { now, deployments } = recorded("refused");
  const [deployment] = deployments;
  const uid = "a-job";
  const time = new Date(now - 20_000);
  const metadata = { name: "flipt-seed", uid, creationTimestamp: time };
  const message = deployment?.status?.conditions?.find(({ type }) => type === "ReplicaFailure")?.message ?? "";
  const event = { involvedObject: { uid }, reason: "FailedCreate", message, lastTimestamp: time, metadata: {} };
  return { now, since: now - 30_000, pods: [], deployments: [], claims: [], jobs: [{ metadata }], events: [event] };
}

test("verdict :: a Job whose pods are refused", () => {
  const verdict = classify(refusedJob());
  assert.is(verdict?.object, 'job "flipt-seed"');
  assert.match(verdict?.reason ?? "none", /^its pods are refused: .*PodSecurity.*\(FailedCreate\)$/);
});

test("verdict :: out of memory is said so", () => {
  const state = recorded("crash-loop");
  for (const { lastState } of state.pods[0]?.status?.containerStatuses ?? [])
    Object.assign(lastState?.terminated ?? {}, { reason: "OOMKilled", exitCode: 137 });
  assert.match(classify(state)?.reason ?? "none", /with exit code 137: out of memory \(OOMKilled\)$/);
});

test("log :: of the container that died, as it was before", () => {
  assert.equal(classify(recorded("crash-loop"))?.log, { pod: "crash-loop", container: "main", previous: true });
  assert.is(classify(recorded("flipt-seed"))?.log?.container, "flipt-seed");
});

test.run();
