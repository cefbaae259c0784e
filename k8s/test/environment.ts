import * as assert from "uvu/assert";
import { config as clientConfig } from "../../apps/evaluation-client/src/config.ts";
import { config as exporterConfig } from "../../apps/exporter/src/config.ts";
import { sidecarMemory } from "../../apps/flipt-document/src/memory.ts";
import { readConfig as fliptConfig } from "../../apps/flipt-emulator/src/config.ts";
import { manifestSuite } from "./check.ts";
import { container, containers, environment, find, pod, pods } from "./manifest.ts";

const test = manifestSuite("environment");

const exporterNames = [
  "FLIPT_URL",
  "FLIPT_TOKEN",
  "SINK_URL",
  "EXPORT_MAX_BYTES",
  "AWS_ENDPOINT_URL_S3",
  "AWS_REGION",
  ...secretNames(),
];
const clientNames = ["HOST", "PORT", "FLIPT_SIDECAR_URL", "FLIPT_MASTER_URL", "EXPORT_SCHEDULE"];

function secretNames() {
  return ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
}

test.each("flipt-exporter :: it understands every variable it is given", (objects, { mode, components }) => {
  const env = environment(container(pod(objects, "flipt-exporter"), "flipt-exporter"));
  assert.equal(
    Object.keys(env).filter((name) => !exporterNames.includes(name)),
    [],
  );
  const { flipt, sink } = exporterConfig(env);
  assert.is(flipt.url.href, "http://flipt-master:8080/");
  assert.is(flipt.token, components.includes("token") ? "secret-flipt-token/token" : undefined);
  if (mode === "local") {
    assert.equal(sink, { kind: "file", url: "file:///flags/features.yml", path: "/flags/features.yml" });
    return;
  }
  const elsewhere = components.includes("real-s3");
  assert.equal(sink, {
    kind: "s3",
    url: elsewhere ? "s3://my-flipt-features/features.yml" : "s3://flipt/features.yml",
    bucket: elsewhere ? "my-flipt-features" : "flipt",
    key: "features.yml",
    endpoint: elsewhere ? undefined : "http://minio:9000",
    region: elsewhere ? "eu-central-1" : "us-east-1",
    credentials: {
      accessKeyId: `secret-${elsewhere ? "s3" : "minio"}-exporter/AWS_ACCESS_KEY_ID`,
      secretAccessKey: `secret-${elsewhere ? "s3" : "minio"}-exporter/AWS_SECRET_ACCESS_KEY`,
      sessionToken: undefined,
    },
  });
});

test.each(
  "flipt-exporter :: the longest publication fits into the sidecar's memory, with a tenth to spare",
  (objects) => {
    const { maxBytes } = exporterConfig(environment(container(pod(objects, "flipt-exporter"), "flipt-exporter")));
    const { limits } = container(pod(objects, "sample-app"), "flipt-sidecar").resources ?? {};
    assert.match(limits?.memory ?? "", /^\d+Mi$/);
    assert.ok(sidecarMemory(maxBytes) <= 0.9 * Number.parseInt(limits?.memory ?? "", 10));
  },
);

test.each("evaluation-client :: it understands every variable it is given", (objects, { components }) => {
  const env = environment(container(pod(objects, "sample-app"), "evaluation-client"));
  assert.equal(
    Object.keys(env).filter((name) => !clientNames.includes(name)),
    [],
  );
  const { host, port, sidecarUrl, masterUrl, timeoutMs, exportSchedule } = clientConfig(env);
  assert.is(
    exportSchedule.text,
    find(objects, "CronJob", "flipt-exporter").spec.schedule,
    "it counts down to the export",
  );
  assert.equal({ host, port, sidecarUrl }, { host: "0.0.0.0", port: 8000, sidecarUrl: "http://localhost:8080" });
  assert.is(masterUrl, components.includes("token") ? undefined : "http://flipt-master:8080");
  const { readinessProbe } = container(pod(objects, "sample-app"), "evaluation-client");
  assert.ok((readinessProbe?.timeoutSeconds ?? 1) * 1000 > timeoutMs, "the probe outlasts a question to the sidecar");
});

test.each("flipt-sidecar :: it reads what the exporter publishes", (objects, { mode, components }) => {
  const env = environment(container(pod(objects, "sample-app"), "flipt-sidecar"));
  const { storage, server, ui, log, meta } = fliptConfig(env);
  assert.equal([server.httpPort, ui, log], [8080, false, { level: "WARN", encoding: "json" }]);
  assert.equal([meta.checkForUpdates, meta.telemetryEnabled], [false, false]);
  const { sink } = exporterConfig(environment(container(pod(objects, "flipt-exporter"), "flipt-exporter")));
  const fast = components.includes("fast");
  if (sink.kind === "file") {
    assert.is(mode, "local");
    assert.equal(storage, { type: "local", path: "/flags", pollMs: fast ? 1000 : 30_000 });
    assert.is(sink.path, "/flags/features.yml");
    return;
  }
  assert.is(mode, "object-store");
  const { bucket, endpoint, region = "" } = sink;
  assert.equal(storage, { type: "object", s3: { bucket, endpoint, region, prefix: "", pollMs: fast ? 1000 : 5000 } });
  assert.equal(
    secretNames().map((name) => env[name]),
    secretNames().map((name) => `secret-${components.includes("real-s3") ? "s3" : "minio"}-sidecar/${name}`),
  );
});

test.each("flipt-master :: its database lies on the claim", (objects) => {
  const master = container(pod(objects, "flipt-master"), "flipt-master");
  const { storage, databaseUrl, server, meta } = fliptConfig(environment(master));
  assert.equal(storage, { type: "database", readOnly: false });
  assert.is(server.httpPort, 8080);
  assert.equal([meta.checkForUpdates, meta.telemetryEnabled], [false, false]);
  const mount = master.volumeMounts?.find(({ name }) => name === "database")?.mountPath;
  assert.is(databaseUrl, `file:${mount}/flipt.db`);
});

test.each(
  "flipt-master :: asks for a token with component token only, and keeps it out of its log",
  (objects, { components }) => {
    const { authentication, log } = fliptConfig(environment(container(pod(objects, "flipt-master"), "flipt-master")));
    const token = components.includes("token");
    assert.equal(authentication, {
      required: token,
      tokens: token,
      bootstrapToken: token ? "secret-flipt-token/token" : undefined,
    });
    assert.is(log.level, token ? "WARN" : "INFO");
  },
);

test.each("flipt-sidecar :: asks nobody for a token", (objects) => {
  const { authentication } = fliptConfig(environment(container(pod(objects, "sample-app"), "flipt-sidecar")));
  assert.is(authentication.required, false);
});

test.each("nothing secret is written down, and no name is given twice", (objects) => {
  for (const { name, env = [] } of pods(objects).flatMap(containers)) {
    assert.is(new Set(env.map(({ name }) => name)).size, env.length, name);
    for (const each of env.filter(({ name }) => /PASSWORD|TOKEN$|SECRET|ACCESS_KEY|ROOT_USER/.test(name)))
      assert.ok(each.valueFrom?.secretKeyRef, `${name}: ${each.name} comes from a Secret`);
  }
});

test.run();
