import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Fault } from "../../fault.ts";
import type { Runtime, Settings, Task } from "../driver.ts";
import { render } from "../kubernetes/apply/manifests.ts";
import { Docker } from "./docker.ts";
import { imagesOf, planLoad } from "./images.ts";
import { Minikube } from "./minikube.ts";
import { readRecord, writeRecord } from "./record.ts";

/** Loads images into the node as one archive, so that shared layers are copied once. */
async function load(minikube: Minikube, docker: Docker, references: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "lab-images-"));
  try {
    const file = join(folder, "images.tar");
    await docker.save(file, references);
    await minikube.load(file);
    // minikube leaves the archive in the node, where it takes the size of all images once more.
    await minikube.ssh("sudo", "rm", "-f", `/var/lib/minikube/images/${basename(file)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the task that loads a mode's images into the profile: those that Docker has and the node lacks. */
export const loadImages = (settings: Settings, { env, signal }: Runtime): Task => ({
  title: "images",
  run: async (news) => {
    const minikube = new Minikube(settings, env, signal);
    const docker = new Docker(minikube.env, signal);
    const needed = imagesOf(await render(settings.mode, settings.components));
    const local = new Map(await Promise.all(needed.map(async (name) => [name, await docker.imageId(name)] as const)));
    const [node, record] = await Promise.all([minikube.images(), readRecord(env, settings.profile)]);
    const plan = planLoad(local, node, record?.loaded ?? {});
    if (plan.load.length > 0) {
      news(`loading ${plan.load.join(", ")}`);
      await load(minikube, docker, plan.load);
      const loaded = Object.fromEntries(plan.load.map((name) => [name, local.get(name) ?? ""]));
      // Some failures of minikube show only in the image's absence.
      const missing = planLoad(local, await minikube.images(), loaded).load;
      if (missing.length > 0)
        throw new Fault(
          2,
          `minikube image load left out ${missing.join(", ")}; look with: minikube logs -p ${settings.profile}`,
        );
      if (record) await writeRecord(env, settings.profile, { ...record, loaded: { ...record.loaded, ...loaded } });
    }
    const told = [
      plan.load.length > 0 && `${plan.load.length} loaded`,
      plan.present.length > 0 && `${plan.present.length} there already`,
      plan.pull.length > 0 && `left for the node to pull: ${plan.pull.join(", ")}`,
    ];
    return told.filter(Boolean).join(", ");
  },
});
