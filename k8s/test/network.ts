import * as assert from "uvu/assert";
import { manifestSuite } from "./check.ts";
import { flows, matches, side } from "./flows.ts";
import { containers, find, kind, pods } from "./manifest.ts";

const partOf = "app.kubernetes.io/part-of";
const ours = "flipt-sidecar-lab";
const test = manifestSuite("network");

test.each("just the flows of the picture", (objects, { mode, components }) => {
  const store = mode === "object-store" && !components.includes("real-s3");
  const comparison = !components.includes("token");
  assert.equal(flows(objects), [
    "flipt-exporter > flipt-master:8080",
    ...(store ? ["flipt-exporter > minio:9000"] : []),
    "flipt-seed > flipt-master:8080",
    ...(store ? ["minio-setup > minio:9000"] : []),
    ...(comparison ? ["sample-app > flipt-master:8080"] : []),
    ...(store ? ["sample-app > minio:9000", "with a sidecar > minio:9000"] : []),
  ]);
});

test.each("neither end allows what the other one does not", (objects, { components }) => {
  const own = pods(objects);
  const possible = (type: "Ingress" | "Egress") =>
    own.flatMap((from) =>
      own.flatMap((to) =>
        [8000, 8080, 9000]
          .filter((port) =>
            type === "Egress"
              ? side(objects, type, from.metadata.labels, to.metadata.labels, port)
              : side(objects, type, to.metadata.labels, from.metadata.labels, port),
          )
          .map((port) => `${from.name} > ${to.name}:${port}`),
      ),
    );
  // without its policy the comparison ends on the application's side
  const ended = components.includes("token") ? ["sample-app > flipt-master:8080"] : [];
  assert.equal(
    possible("Ingress").filter((flow) => !ended.includes(flow)),
    possible("Egress"),
  );
});

test.each(
  "the comparison :: ends with its own policy, and nothing else does",
  (objects) => {
    const without = objects.filter(({ metadata }) => metadata.name !== "sample-app-comparison");
    assert.is(without.length, objects.length - 1);
    assert.equal(
      flows(objects).filter((flow) => !flows(without).includes(flow)),
      ["sample-app > flipt-master:8080"],
    );
  },
  ({ components }) => !components.includes("token"),
);

test.each("default deny :: of all pods of ours, in both directions, by a policy without a rule", (objects) => {
  const deny = find(objects, "NetworkPolicy", "flipt-sidecar-lab-default-deny");
  assert.equal(deny.spec, {
    podSelector: { matchLabels: { [partOf]: ours } },
    policyTypes: ["Ingress", "Egress"],
  });
});

test.each("every policy selects pods of ours, and such that exist", (objects) => {
  for (const { metadata, spec } of kind(objects, "NetworkPolicy")) {
    assert.is(spec.podSelector.matchLabels?.[partOf], ours, metadata.name);
    assert.ok(
      pods(objects).some((each) => matches(spec.podSelector, each.metadata.labels)),
      metadata.name,
    );
  }
});

test.each("every peer is ours, the cluster's DNS or, for a store outside, port 443", (objects, { components }) => {
  for (const { metadata, spec } of kind(objects, "NetworkPolicy")) {
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      const peers = rule.from ?? rule.to ?? [];
      assert.ok(peers.length > 0 && rule.ports?.length, `${metadata.name} names peers and ports`);
      for (const { podSelector, namespaceSelector, ipBlock } of peers) {
        if (ipBlock) {
          assert.ok(components.includes("real-s3"), metadata.name);
          assert.equal(
            rule.ports?.map(({ port }) => port),
            [443],
          );
        } else if (namespaceSelector) {
          assert.equal(namespaceSelector.matchLabels, { "kubernetes.io/metadata.name": "kube-system" });
          assert.equal(podSelector?.matchLabels, { "k8s-app": "kube-dns" });
          assert.ok(rule.ports?.every(({ port }) => port === 53));
        } else if (podSelector?.matchLabels?.["flipt-sidecar"]) {
          // an application of anybody's that has a sidecar may read the bucket; the key decides what it may do there
          assert.equal([metadata.name, podSelector.matchLabels], ["minio", { "flipt-sidecar": "enabled" }]);
        } else assert.is(podSelector?.matchLabels?.[partOf], ours, metadata.name);
      }
    }
  }
});

test.each("every pod may ask the DNS, over UDP and TCP", (objects) => {
  const policies = kind(objects, "NetworkPolicy").filter(({ spec }) =>
    spec.egress?.some(({ to }) => to?.some(({ namespaceSelector }) => namespaceSelector)),
  );
  for (const { name, metadata } of pods(objects)) {
    const ports = policies
      .filter(({ spec }) => matches(spec.podSelector, metadata.labels))
      .flatMap(({ spec }) => spec.egress?.flatMap(({ ports = [] }) => ports) ?? []);
    assert.equal(
      ports,
      [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
      name,
    );
  }
});

test.each("policies and Services mean ports by number, and say the protocol", (objects) => {
  for (const { metadata, spec } of kind(objects, "NetworkPolicy"))
    for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const { port, protocol } of ports) {
        assert.type(port, "number", metadata.name);
        // the server adds it, and every apply would then change the object
        assert.ok(protocol, metadata.name);
      }
  for (const { metadata, spec } of kind(objects, "Service"))
    for (const { targetPort } of spec.ports) assert.type(targetPort, "number", metadata.name);
});

test.each("Services :: select exactly one pod of ours and a port that it has", (objects, { mode, components }) => {
  const store = mode === "object-store" && !components.includes("real-s3");
  const services = kind(objects, "Service");
  assert.equal(
    services.map(({ metadata, spec }) => [metadata.name, ...spec.ports.map(({ port }) => port)]),
    [["flipt-master", 8080], ...(store ? [["minio", 9000]] : []), ["sample-app", 8080, 8000]],
  );
  for (const { metadata, spec } of services) {
    assert.is(spec.selector[partOf], ours, metadata.name);
    assert.is(spec.type, undefined, "reached by port-forward or from within");
    const selected = pods(objects).filter((each) => matches({ matchLabels: spec.selector }, each.metadata.labels));
    assert.equal(
      selected.map(({ name }) => name),
      [metadata.name],
    );
    const numbers: (number | string)[] = selected
      .flatMap(containers)
      .flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
    for (const { targetPort } of spec.ports) assert.ok(numbers.includes(targetPort), `${metadata.name} ${targetPort}`);
  }
});

test.each("Deployments select their own pods, by our label", (objects) => {
  for (const { metadata, spec } of kind(objects, "Deployment")) {
    assert.is(spec.selector.matchLabels?.[partOf], ours, metadata.name);
    assert.equal(
      pods(objects)
        .filter((each) => matches(spec.selector, each.metadata.labels))
        .map(({ name }) => name),
      [metadata.name],
    );
  }
});

test.run();
