import type { Container } from "@dagger.io/dagger";
import { docker, dockerLines } from "./docker.js";
import { reference } from "./images.js";
import { volume } from "./toolbox.js";

/** The minikube profile of a lab. `lab` chooses the name. */
export const profile = "flipt-sidecar-lab";

/** Whether this machine's Docker holds the lab's state. */
export const hasState = async (client: Container): Promise<boolean> =>
  (await dockerLines(client, "volume", "ls", "--quiet", "--filter", `name=^${volume}$`)).length > 0;

/** Lists a folder of a volume. */
export function content(client: Container, name: string, folder: string): Promise<string[]> {
  const options = ["--rm", "--volume", `${name}:/content:ro`, "--entrypoint", "ls"];
  return dockerLines(client, "run", ...options, reference("toolbox"), `/content${folder}`);
}

/**
 * Removes the state volume of an earlier version. Its name is that of the profile, so minikube would use it for the node.
 * The volume of a node is kept: it has minikube's labels and no folder "runs".
 */
export async function removeOldState(client: Container): Promise<void> {
  const list = ["volume", "ls", "--filter", `name=^${profile}$`, "--format", "{{.Name}} {{.Labels}}"];
  if ((await docker(client, ...list)).trim() !== profile) return;
  if (!(await content(client, profile, "")).includes("runs")) return;
  await docker(client, "volume", "rm", profile);
  console.error(`removed volume "${profile}": an earlier version of this module kept its state in it`);
}
