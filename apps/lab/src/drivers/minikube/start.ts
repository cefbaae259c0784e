import type { Place, Start, Surroundings } from "../driver.ts";
import { Docker } from "./docker.ts";
import { type Machine, Minikube } from "./minikube.ts";
import { stateOf } from "./profile.ts";
import { readRecord, writeRecord } from "./record.ts";

/** Starts the profile of a place, or finds it running. One whose start did not come to its end is removed first. */
export const startProfile = (place: Place & Machine, { env, signal }: Surroundings): Start => ({
  title: "minikube",
  run: async (news) => {
    const minikube = new Minikube(place, env, signal);
    const docker = new Docker(minikube.env, signal);
    const [profile, record] = await Promise.all([minikube.find(), readRecord(env, place.profile)]);
    const state = stateOf(profile, record?.ready);
    if (state === "running") return `profile "${place.profile}" runs, Kubernetes ${profile?.kubernetes}`;
    // Where Docker does not answer every profile looks unfinished: minikube's start then says what is wrong with Docker.
    const dockerAnswers = await docker.answers();
    if (state === "paused") await minikube.unpause();
    if (state === "unfinished" && dockerAnswers) {
      news(`an earlier start of profile "${place.profile}" did not come to its end; it is removed first`);
      await minikube.delete();
      await docker.sweep(place.profile);
    }
    const imagesBefore = record?.imagesBefore ?? (dockerAnswers ? await docker.nodeImages() : []);
    const kept = state === "stopped" || state === "paused" ? (record?.loaded ?? {}) : {};
    // Written before: a start that is killed is known by it.
    if (dockerAnswers) await writeRecord(env, place.profile, { imagesBefore, ready: false, loaded: kept });
    await minikube.start(place, news);
    await writeRecord(env, place.profile, { imagesBefore, ready: true, loaded: kept });
    const started = await minikube.find();
    return `profile "${place.profile}" started, Kubernetes ${started?.kubernetes}, ${place.cpus} CPUs, ${place.memory} of memory`;
  },
});
