import type { Container, Directory } from "@dagger.io/dagger";
import { docker, dockerLines } from "./docker.js";
import { step } from "./failure.js";
import { build, type ImageName, reference, sourceOf } from "./images.js";

/** The label on each loaded image. It holds the digest of the sources. Images that a user publishes lack it. */
const label = "flipt-sidecar-lab.source";

/** Builds an image and loads it into the machine's Docker, unless Docker has it from the same sources. Returns what it loaded. */
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

/** Loads the images that Docker lacks and returns their names. */
export async function loadImages(client: Container, source: Directory, names: ImageName[]): Promise<string[]> {
  return (await Promise.all(names.map((name) => load(client, source, name)))).flat();
}

/**
 * Removes the names of the module's images, and images that lost their name to a newer build. An image that the user
 * tagged with another name keeps that name.
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
