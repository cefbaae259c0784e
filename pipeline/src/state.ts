import type { Container } from "@dagger.io/dagger";
import { docker, dockerLines } from "./docker.js";
import { reference } from "./images.js";
import { volume } from "./toolbox.js";

/** The profile of a lab; the name is lab's. */
export const profile = "flipt-sidecar-lab";

/** Whether there is a state of the lab's on this machine's Docker. */
export const hasState = async (client: Container): Promise<boolean> =>
  (await dockerLines(client, "volume", "ls", "--quiet", "--filter", `name=^${volume}$`)).length > 0;

/** What a folder of a volume holds. */
export function content(client: Container, name: string, folder: string): Promise<string[]> {
  const options = ["--rm", "--volume", `${name}:/content:ro`, "--entrypoint", "ls"];
  return dockerLines(client, "run", ...options, reference("toolbox"), `/content${folder}`);
}

/**
 * Removes the state of earlier versions, whose volume is called as the profile: minikube would take it for the node's own.
 * That of a node bears minikube's labels, and has no folder of ours.
 */
export async function removeOldState(client: Container): Promise<void> {
  const list = ["volume", "ls", "--filter", `name=^${profile}$`, "--format", "{{.Name}} {{.Labels}}"];
  if ((await docker(client, ...list)).trim() !== profile) return;
  if (!(await content(client, profile, "")).includes("runs")) return;
  await docker(client, "volume", "rm", profile);
  console.error(`removed volume "${profile}": an earlier version of this module kept its state in it`);
}
