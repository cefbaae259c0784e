import * as assert from "uvu/assert";
import { config as exporterConfig } from "../../apps/exporter/src/config.ts";
import { readConfig as fliptConfig } from "../../apps/flipt-emulator/src/config.ts";
import { manifestSuite } from "./check.ts";
import { container, environment, find, type Manifest, pod } from "./manifest.ts";
import { type ComponentName, type ModeName, modes, render, renderOwnBucket } from "./render.ts";

const test = manifestSuite("components");
const label = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;

/** What a component adds to, removes from and changes in a mode. */
function difference(mode: ModeName, component: ComponentName) {
  const before = new Map(render({ mode, components: [] }).map((each) => [label(each), JSON.stringify(each)]));
  const after = new Map(render({ mode, components: [component] }).map((each) => [label(each), JSON.stringify(each)]));
  return {
    added: [...after.keys()].filter((each) => !before.has(each)).sort(),
    removed: [...before.keys()].filter((each) => !after.has(each)).sort(),
    changed: [...after]
      .filter(([each, text]) => before.has(each) && before.get(each) !== text)
      .map(([each]) => each)
      .sort(),
  };
}

for (const mode of modes) {
  test.once(`fast :: ${mode} :: changes the poll only`, () => {
    assert.equal(difference(mode, "fast"), { added: [], removed: [], changed: ["Deployment sample-app"] });
  });

  test.once(`flipt-emulator :: ${mode} :: changes whatever runs Flipt`, () => {
    const changed = ["Deployment flipt-master", "Deployment sample-app"];
    assert.equal(difference(mode, "flipt-emulator"), { added: [], removed: [], changed });
  });

  test.once(`token :: ${mode} :: master, seed and exporter share it, the comparison ends`, () => {
    assert.equal(difference(mode, "token"), {
      added: [],
      removed: ["NetworkPolicy sample-app-comparison"],
      changed: ["CronJob flipt-exporter", "Deployment flipt-master", "Deployment sample-app", "Job flipt-seed"],
    });
    const objects = render({ mode, components: ["token"] });
    const env = (workload: string) => environment(container(pod(objects, workload), workload));
    const token = "secret-flipt-token/token";
    assert.is(env("flipt-exporter").FLIPT_TOKEN, token);
    assert.is(env("flipt-seed").FLIPT_TOKEN, token);
    const master = env("flipt-master");
    assert.is(master.FLIPT_AUTHENTICATION_REQUIRED, "true");
    assert.is(master.FLIPT_AUTHENTICATION_METHODS_TOKEN_ENABLED, "true");
    assert.is(master.FLIPT_AUTHENTICATION_METHODS_TOKEN_BOOTSTRAP_TOKEN, token);
  });
}

test.once("real-s3 :: nothing of MinIO is left", () => {
  assert.equal(difference("object-store", "real-s3"), {
    added: ["NetworkPolicy s3-clients"],
    removed: [
      "ConfigMap minio-setup",
      "Deployment minio",
      "Job minio-setup",
      "NetworkPolicy minio",
      "NetworkPolicy minio-clients",
      "PersistentVolumeClaim minio",
      "Service minio",
    ],
    changed: ["CronJob flipt-exporter", "Deployment sample-app"],
  });
});

const amazon = { bucket: "b", region: "eu-west-1", endpoint: "", port: 443, key: "features.yml", prefix: "" };
for (const [store, data] of [
  ["Amazon", amazon],
  ["elsewhere", { ...amazon, region: "auto", endpoint: "https://account.r2.example" }],
  ["another port", { ...amazon, endpoint: "http://10.0.0.7:9000", port: 9000 }],
  ["a bucket that holds more", { ...amazon, key: "team/features.yml", prefix: "team/" }],
] as const) {
  test.once(`real-s3 :: a file of one's own :: ${store} :: exporter, sidecar and network mean the same`, () => {
    const objects = renderOwnBucket(data);
    const exporter = environment(container(pod(objects, "flipt-exporter"), "flipt-exporter"));
    const endpoint = data.endpoint || undefined;
    const { sink } = exporterConfig(exporter);
    assert.is(sink.kind, "s3");
    if (sink.kind !== "s3") return;
    const { bucket, key, region } = data;
    assert.equal(
      { bucket: sink.bucket, key: sink.key, region: sink.region, endpoint: sink.endpoint },
      { bucket, key, region, endpoint },
    );
    const sidecar = environment(container(pod(objects, "sample-app"), "flipt-sidecar"));
    const { storage } = fliptConfig(sidecar);
    assert.equal(storage, { type: "object", s3: { bucket, endpoint, region, prefix: data.prefix, pollMs: 5000 } });
    assert.equal(
      find(objects, "NetworkPolicy", "s3-clients").spec.egress?.flatMap(({ ports = [] }) => ports),
      [{ port: data.port, protocol: "TCP" }],
    );
    assert.not.ok(
      objects.some(({ metadata }) => metadata.name === "s3"),
      "the file itself is not applied",
    );
  });
}

test.once("real-s3 :: its keys are in Secrets that the lab's MinIO has no part in", () => {
  const text = JSON.stringify(render({ mode: "object-store", components: ["real-s3"] }));
  assert.match(text, '"name":"s3-exporter"');
  assert.match(text, '"name":"s3-sidecar"');
  assert.not.match(text, "minio-");
});

test.once("real-s3 :: local :: is refused, there is no bucket to replace", () => {
  assert.throws(() => render({ mode: "local", components: ["real-s3"] }), /no matches for Id/);
});

test.run();
