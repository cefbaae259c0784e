import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { repository } from "../../testing/process.ts";
import { manifestSuite } from "./check.ts";
import { container, find, pod } from "./manifest.ts";
import { render, renderFolder } from "./render.ts";

const test = manifestSuite("sidecar");
const example = "k8s/examples/nginx";

test.once("an application of anybody's :: one label and a short kustomization give it the sidecar", () => {
  const objects = renderFolder(example);
  const { spec } = pod(objects, "nginx");
  const ours = render({ mode: "local", components: [] });
  assert.equal(container(pod(objects, "nginx"), "flipt-sidecar"), container(pod(ours, "sample-app"), "flipt-sidecar"));
  assert.equal(
    spec.containers.map(({ name }) => name),
    ["nginx"],
  );
  assert.is(find(objects, "Deployment", "nginx").spec.template.metadata.labels?.["flipt-sidecar"], "enabled");
  assert.ok(readFileSync(repository(`${example}/kustomization.yaml`), "utf8").split("\n").length <= 11);
});

test.once("an application without the label :: is left as it is", () => {
  const objects = render({ mode: "local", components: [] });
  assert.not.match(JSON.stringify(find(objects, "Deployment", "flipt-master")), "flipt-sidecar-tmp");
});

test.run();
