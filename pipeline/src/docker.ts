import { type Container, dag, type Socket } from "@dagger.io/dagger";
import { step, why } from "./failure.js";
import { withUncachedExec } from "./uncached.js";

/** Docker's client. A client newer than the machine's Docker falls back to the older API. */
const clientImage = "docker:28.5.2-cli";

/** The usual path of Docker's socket. Every container of the module finds the socket there. */
export const socketPath = "/var/run/docker.sock";

const grant = "this function holds the socket of this machine's Docker: whoever has it is root on this machine";
const desktop =
  "this is Docker Desktop: the lab needs its host networking (Settings, Resources, Network), and has never been run on it";

/** Runs a command of Docker's client and returns its output. */
export const docker = (client: Container, ...words: string[]): Promise<string> =>
  withUncachedExec(client, ["docker", ...words]).stdout();

/** Runs a command of Docker's client and returns the lines of its output. */
export const dockerLines = async (client: Container, ...words: string[]): Promise<string[]> =>
  (await docker(client, ...words)).split("\n").filter((line) => line !== "");

/**
 * Connects to the machine's Docker and prints what its socket grants.
 *
 * @throws {Error} when there is no socket, or when Docker does not answer
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
