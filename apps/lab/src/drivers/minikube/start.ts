import { Fault, oneLine } from "../../fault.ts";
import type { Location, Runtime, Task } from "../driver.ts";
import { sight } from "../process/identity.ts";
import { Docker } from "./docker.ts";
import { watchDownloads } from "./downloads.ts";
import { type Machine, Minikube } from "./minikube.ts";
import { waitForNetwork } from "./network.ts";
import { writeRecord } from "./record.ts";
import { clear, endStart } from "./remove.ts";
import { insistOnOwn, type Look, look, next } from "./running-profile.ts";

/**
 * Starts a profile that does not run. It first removes a profile whose first start never completed. Any other one is minikube's
 * to repair.
 */
async function start(
  place: Location & Machine,
  { state, record }: Look,
  { env, signal }: Runtime,
  news: (line: string) => void,
): Promise<void> {
  const minikube = new Minikube(place, env, signal);
  const docker = new Docker(minikube.env, signal);
  if (state === "paused") await minikube.unpause();
  if (state === "unfinished") {
    news(`an earlier start of profile "${place.profile}" did not come to its end; it is removed first`);
    await clear(minikube, docker);
  }
  const isNew = state === "absent" || state === "unfinished";
  const answers = await docker.answers();
  const imagesBefore = record?.imagesBefore ?? (answers ? await docker.nodeImages() : []);
  const known = { imagesBefore, ready: !isNew, loaded: isNew ? {} : (record?.loaded ?? {}) };
  // Written while minikube runs, so that a killed start is recognised. Without Docker, minikube starts nothing to record.
  const onSpawn = async (pid: number): Promise<void> => {
    if (answers) await writeRecord(env, place.profile, { ...known, starting: sight(pid) });
  };
  const stopWatching = watchDownloads(env, news);
  try {
    await minikube.start(place, news, onSpawn);
  } catch (error) {
    if (isNew || signal.aborted || !(error instanceof Fault)) throw error;
    // The profile may hold somebody's flags.
    const how = `profile "${place.profile}" was left as it is; where no start helps, this removes it with all flags in it`;
    throw new Fault(error.exit, `${oneLine(error)}; ${how}: ${next("down", place)}`);
  } finally {
    stopWatching();
  }
  await writeRecord(env, place.profile, { ...known, ready: true });
}

/** Returns the task that starts a profile, or finds it running. */
export const startProfile = (place: Location & Machine, surroundings: Runtime): Task => ({
  title: "minikube",
  run: async (news) => {
    const { env, signal } = surroundings;
    if (await endStart(env, place.profile))
      news("a start that goes on without its lab, which was killed, is ended first");
    const seen = await look(place, surroundings);
    insistOnOwn(place, seen, env);
    const runs = seen.state === "running";
    if (!runs) await start(place, seen, surroundings, news);
    else if (seen.record) await writeRecord(env, place.profile, { ...seen.record, ready: true });
    const { kubernetes } = runs ? seen : await look(place, surroundings);
    const network = await waitForNetwork(new Minikube(place, env, signal), kubernetes, runs ? () => {} : news);
    const how = runs ? "runs" : "started";
    const size = runs ? "" : `, ${place.cpus} CPUs, ${place.memory} of memory`;
    return `profile "${place.profile}" ${how}, Kubernetes ${kubernetes}${size}${network}`;
  },
});
