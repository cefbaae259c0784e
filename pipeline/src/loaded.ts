import type { Container, Directory } from "@dagger.io/dagger";
import { docker, dockerLines } from "./docker.js";
import { step } from "./failure.js";
import { build, type ImageName, reference, sourceOf } from "./images.js";

/** On each image that the module has loaded: the digest of its sources. An image that a user publishes lacks it. */
const label = "flipt-sidecar-lab.source";

/** Builds an image and hands it to the machine's Docker under its name, unless that is there with the same sources. */
async function load(client: Container, source: Directory, name: ImageName): Promise<string[]> {
  const digest = await sourceOf(source, name).digest();
  const filter = ["--filter", `label=${label}=${digest}`];
  const found = await dockerLines(client, "image", "ls", "--quiet", ...filter, reference(name));
  if (found.length > 0) return [];
  const image = (await build(source, name)).withLabel(label, digest);
  await step(`load of image "${name}"`, "is there room on Docker's disk?", async () => {
    const tar = client.withMountedFile("/image.tar", image.asTarball());
    const answer = await docker(tar, "load", "--input", "/image.tar");
    const id = answer.match(/sha256:[0-9a-f]{64}/)?.[0];
    if (!id) throw new Error(`docker load named no image: ${answer.trim()}`);
    await docker(client, "tag", id, reference(name));
  });
  return [reference(name)];
}

/** Loads images that Docker lacks, and returns the names of those. */
export async function loadImages(client: Container, source: Directory, names: ImageName[]): Promise<string[]> {
  return (await Promise.all(names.map((name) => load(client, source, name)))).flat();
}

/**
 * Removes the names that images of the module have, and the images that have lost theirs to a newer one. An image that
 * the user has given another name stays under that name.
 *
 * @returns the names that were removed
 */
export async function removeImages(client: Container): Promise<string[]> {
  const ours = ["--filter", `label=${label}`];
  const format = ["--filter", "reference=flipt-sidecar-lab/*", "--format", "{{.Repository}}:{{.Tag}}"];
  const names = await dockerLines(client, "image", "ls", ...ours, ...format);
  if (names.length > 0) await docker(client, "image", "rm", ...names);
  await docker(client, "image", "prune", "--force", ...ours);
  return names;
}
