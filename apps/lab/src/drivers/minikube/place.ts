import { Fault } from "../../fault.ts";
import { labHint } from "../../hints.ts";
import type { Place, Surroundings } from "../driver.ts";
import { Minikube } from "./minikube.ts";
import { type ProfileState, stateOf } from "./profile.ts";

export const usualProfile = "flipt-sidecar-lab";

/** The options by which a command finds a profile again. */
const optionsOf = ({ profile, namespace }: Place): string =>
  [
    "--on minikube",
    profile !== usualProfile && `--profile ${profile}`,
    namespace !== "default" && `--namespace ${namespace}`,
  ]
    .filter(Boolean)
    .join(" ");

/** The same place for the kubernetes ring: minikube calls the context as the profile. */
export const inCluster = <P extends Place>(place: P): P => ({
  ...place,
  context: place.profile,
  options: optionsOf(place),
});

/** How the profile of a place is. */
export async function look(place: Place, { env, signal }: Surroundings): Promise<ProfileState> {
  return stateOf(await new Minikube(place, env, signal).find(), undefined);
}

/** @throws {Fault} when the profile does not run */
export async function insistOnRunning(place: Place, surroundings: Surroundings): Promise<void> {
  const state = await look(place, surroundings);
  if (state === "running") return;
  const seen = {
    absent: `there is no minikube profile "${place.profile}"`,
    stopped: `minikube profile "${place.profile}" is stopped`,
    paused: `minikube profile "${place.profile}" is paused`,
    unfinished: `the start of minikube profile "${place.profile}" did not come to its end, or Docker does not answer`,
  }[state];
  throw new Fault(
    2,
    `${seen}; start it with: ${labHint("up", { ...place, options: optionsOf(place), dagger: place.dagger })}`,
  );
}
