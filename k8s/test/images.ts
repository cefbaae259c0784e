import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { repository } from "../../testing/process.ts";
import { manifestSuite } from "./check.ts";
import { containers, pods } from "./manifest.ts";

/** Images that are used by tag and not by digest, and why. */
const waivers: Record<string, string> = {
  "flipt/flipt": "no registry was at hand to read the digest of the release from",
  "flipt-sidecar-lab/evaluation-client": "built from this repository, in no registry",
  "flipt-sidecar-lab/exporter": "built from this repository, in no registry",
  "flipt-sidecar-lab/flipt-emulator": "built from this repository, in no registry",
  "flipt-sidecar-lab/minio": "built from this repository, in no registry",
};

const test = manifestSuite("images");
const split = (image: string) => /^([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image)?.slice(1) ?? [];

test.each("pinned by a tag, and by a digest or a waiver", (objects) => {
  for (const { name, image } of pods(objects).flatMap(containers)) {
    const [repository = "", tag = "latest", digest] = split(image);
    assert.is.not(tag, "latest", `${name}: ${image}`);
    assert.ok(digest ?? waivers[repository], `${name}: ${image} has neither digest nor waiver`);
  }
});

test.each("never pulled when they are there", (objects) => {
  for (const { name, imagePullPolicy } of pods(objects).flatMap(containers))
    assert.is(imagePullPolicy, "IfNotPresent", name);
});

test.each("flipt :: one version, or the emulator, everywhere", (objects, { components }) => {
  const flipt = pods(objects)
    .flatMap(containers)
    .filter(({ name }) => ["flipt-master", "flipt-sidecar"].includes(name))
    .map(({ image }) => image);
  const image = components.includes("flipt-emulator")
    ? "flipt-sidecar-lab/flipt-emulator:0.1.0"
    : "flipt/flipt:v1.61.1";
  assert.equal(flipt, [image, image]);
});

test.once("our own :: tagged with the apps' versions", async () => {
  const read = async (component: string): Promise<{ name: string; newName?: string; newTag: string }[]> =>
    parse(await readFile(repository(`k8s/components/${component}/kustomization.yaml`), "utf8")).images;
  const images = [...(await read("images")), ...(await read("flipt-emulator"))];
  for (const app of ["exporter", "evaluation-client", "flipt-emulator"]) {
    const { version } = JSON.parse(await readFile(repository(`apps/${app}/package.json`), "utf8"));
    const image = images.find(({ name, newName }) => (newName ?? name) === `flipt-sidecar-lab/${app}`);
    assert.is(image?.newTag, version, app);
  }
});

test.run();
