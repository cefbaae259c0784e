import { Docker } from "./docker.ts";
import type { Minikube } from "./minikube.ts";
import { readRecord, removeRecord } from "./record.ts";

/**
 * Removes a profile, also a half-started one, with what it has in Docker; the node's image too, when it came with the profile.
 *
 * @returns what was removed, as one line
 */
export async function removeProfile(minikube: Minikube): Promise<string> {
  const { env, profile: name } = minikube;
  const [profile, record] = await Promise.all([minikube.find(), readRecord(env, name)]);
  // Also where there is no profile: what a start that was killed early has left in Docker is found by its name.
  await minikube.delete();
  const docker = new Docker(env);
  if (!(await docker.answers())) {
    await removeRecord(env, name);
    return `${profile ? `removed profile "${name}"` : `nothing to do: no profile "${name}"`}; Docker does not answer, what is left there was not looked for`;
  }
  const swept = await docker.sweep(name);
  const parts = [...(profile ? [`profile "${name}"`] : []), ...swept];
  if (record) {
    const pulled = (await docker.nodeImages()).filter((id) => !record.imagesBefore.includes(id));
    const removed = await Promise.all(pulled.map((id) => docker.removeImage(id)));
    if (removed.includes(true)) parts.push("the node's image");
  }
  await removeRecord(env, name);
  return parts.length > 0 ? `removed ${parts.join(", ")}` : `nothing to do: no profile "${name}"`;
}
