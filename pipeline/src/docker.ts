import { type Container, type Directory, dag, type Socket } from "@dagger.io/dagger";
import { step, why } from "./failure.js";
import { build, type ImageName, label, reference } from "./images.js";
import { withLiveExec } from "./live.js";

/** Docker's client. One newer than the machine's Docker speaks its language. */
const clientImage = "docker:28.5.2-cli";

/** Where the socket is, in the client's container and on the machine whose Docker answers. */
export const socketPath = "/var/run/docker.sock";

const grant = "this function holds the socket of this machine's Docker: whoever has it is root on this machine";
const desktop =
  "this is Docker Desktop: the lab needs its host networking (Settings, Resources, Network), and has never been run on it";

/** The output of a command of Docker's client. */
export const docker = (client: Container, ...words: string[]): Promise<string> =>
  withLiveExec(client, ["docker", ...words]).stdout();

/**
 * Reaches the machine's Docker, and says what its socket grants.
 *
 * @throws {Error} without a socket, or with one behind which nothing answers
 */
export async function connect(socket: Socket | undefined): Promise<Container> {
  if (!socket) throw new Error(`no Docker socket: add --docker unix://${socketPath}`);
  console.error(grant);
  const image = await step("pull of Docker's client", "can docker.io be reached?", () =>
    dag.container().from(clientImage).sync(),
  );
  const client = image.withUnixSocket(socketPath, socket);
  const platform = await docker(client, "version", "--format", "{{.Server.Platform.Name}}").catch((error) => {
    throw new Error(`Docker does not answer: ${why(error)}; is it running, and is --docker its socket?`);
  });
  if (platform.includes("Docker Desktop")) console.error(desktop);
  return client;
}

/** Builds an image and hands it to the machine's Docker under its name. */
async function load(client: Container, source: Directory, name: ImageName): Promise<void> {
  const image = await build(source, name);
  await step(`load of image "${name}"`, "is there room on Docker's disk?", async () => {
    const answer = await docker(
      client.withMountedFile("/image.tar", image.asTarball()),
      "load",
      "--input",
      "/image.tar",
    );
    const id = answer.match(/sha256:[0-9a-f]{64}/)?.[0];
    if (!id) throw new Error(`docker load named no image: ${answer.trim()}`);
    await docker(client, "tag", id, reference(name));
  });
}

export async function loadImages(client: Container, source: Directory, names: ImageName[]): Promise<void> {
  await Promise.all(names.map((name) => load(client, source, name)));
}

/** Removes all images that were ever loaded, also those whose name has gone to a newer one. */
export async function removeImages(client: Container): Promise<number> {
  const filter = `label=${label.name}=${label.value}`;
  const listed = await docker(client, "image", "ls", "--quiet", "--no-trunc", "--filter", filter);
  const ids = [...new Set(listed.split("\n").filter((id) => id !== ""))];
  if (ids.length > 0) await docker(client, "image", "rm", "--force", ...ids);
  return ids.length;
}
