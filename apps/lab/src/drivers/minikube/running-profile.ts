import { Fault } from "../../fault.ts";
import { labHint } from "../../hints.ts";
import type { Location, Runtime } from "../driver.ts";
import { kubeconfigPath } from "./context.ts";
import { Docker } from "./docker.ts";
import { Minikube } from "./minikube.ts";
import { type NodeStatus, type ProfileState, stateOf } from "./profile.ts";
import { type ProfileRecord, readRecord } from "./record.ts";

export const usualProfile = "flipt-sidecar-lab";

/** The command-line options that find a profile again. */
const optionsOf = ({ profile, namespace }: Location): string =>
  [
    "--on minikube",
    profile !== usualProfile && `--profile ${profile}`,
    namespace && namespace !== "default" && `--namespace ${namespace}`,
  ]
    .filter(Boolean)
    .join(" ");

/** Returns the lab command to type for a location. */
export const next = (command: string, place: Location): string =>
  labHint(command, { ...place, options: optionsOf(place), dagger: place.dagger });

/** Translates a location for the kubernetes ring. minikube names the context after the profile. */
export const inCluster = <P extends Location>(place: P): P => ({
  ...place,
  context: place.profile,
  options: optionsOf(place),
});

/** The observed state of a profile. */
export interface Look {
  state: ProfileState;
  node: NodeStatus | undefined;
  /** The Kubernetes version; empty when minikube does not know the profile. */
  kubernetes: string;
  record: ProfileRecord | undefined;
}

/** Observes a profile through the lab's record, minikube's `status`, and Docker's objects. */
export async function look(place: Location, { env, signal }: Pick<Runtime, "env" | "signal">): Promise<Look> {
  const minikube = new Minikube(place, env, signal);
  const docker = new Docker(minikube.env, signal);
  const [profile, record, answers] = await Promise.all([
    minikube.find(),
    readRecord(env, place.profile),
    docker.answers(),
  ]);
  const kubernetes = profile?.kubernetes ?? "";
  if (!answers) return { state: profile ? "hidden" : "absent", node: undefined, kubernetes, record };
  const node = profile && (await minikube.status());
  const inDocker = (await docker.list(place.profile)).length > 0;
  const state = stateOf({ known: profile !== undefined, node, inDocker, ready: record?.ready });
  return { state, node, kubernetes, record };
}

const parts = ({ Host, Kubelet, APIServer }: NodeStatus): string =>
  `host ${Host}, kubelet ${Kubelet}, API server ${APIServer}`;

/** Describes the state of a profile, for people. */
export function describe({ profile, kubeconfig }: Location, { state, node }: Look, env: NodeJS.ProcessEnv): string {
  const name = `minikube profile "${profile}"`;
  return {
    running: `${name} runs`,
    absent: `there is no ${name}`,
    stopped: `${name} is stopped`,
    paused: `${name} is paused`,
    unfinished: `the start of ${name} did not come to its end`,
    impaired: `${name} does not run: ${node ? parts(node) : "it has no container in Docker"}`,
    detached: `${name} runs, but kubeconfig "${kubeconfig ?? kubeconfigPath(env)}" does not know it`,
    foreign: `Docker holds parts of a ${name} that the minikube here does not know, so that they may be another's`,
    hidden: `Docker does not answer, so that nothing is known of ${name}`,
  }[state];
}

/** @throws {Fault} when Docker's objects of this name may belong to somebody else: minikube would remove them */
export function insistOnOwn(place: Location, look: Look, env: NodeJS.ProcessEnv): void {
  if (look.state !== "foreign") return;
  const { profile } = place;
  throw new Fault(
    2,
    `${describe(place, look, env)}; nothing was changed; if nobody needs them: docker rm --force ${profile}; docker volume rm ${profile}; docker network rm ${profile}`,
  );
}

/** @throws {Fault} when the profile does not run */
export async function insistOnRunning(place: Location, surroundings: Runtime): Promise<void> {
  const seen = await look(place, surroundings);
  if (seen.state === "running") return;
  insistOnOwn(place, seen, surroundings.env);
  const advice = seen.state === "hidden" ? "start Docker" : `start it with: ${next("up", place)}`;
  throw new Fault(2, `${describe(place, seen, surroundings.env)}; ${advice}`);
}
