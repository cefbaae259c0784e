import { Fault } from "../../fault.ts";
import { squeeze } from "./events.ts";

/** A profile as `minikube profile list -o json` tells it. */
export interface Profile {
  name: string;
  /** minikube's word: `OK`, `Stopped`, `Paused`, `Starting`, …; empty where no node is, or Docker does not answer. */
  status: string;
  /** As asked for at its start: `v1.35.1`. */
  kubernetes: string;
}

/** `unfinished`: its start did not come to its end, or it is broken. */
export type ProfileState = "absent" | "running" | "stopped" | "paused" | "unfinished";

interface Entry {
  Name?: string;
  Status?: string;
  Config?: { KubernetesConfig?: { KubernetesVersion?: string } } | null;
}

/**
 * The profiles of `minikube profile list -o json`; invalid ones too, they lack their configuration.
 *
 * @throws {Fault} for any other text
 */
export function parseProfiles(stdout: string): Profile[] {
  const { valid, invalid } = parse(stdout);
  return [...(valid ?? []), ...(invalid ?? [])].map(({ Name, Status, Config }) => ({
    name: Name ?? "",
    status: Status ?? "",
    kubernetes: Config?.KubernetesConfig?.KubernetesVersion ?? "",
  }));
}

function parse(stdout: string): { valid?: Entry[]; invalid?: Entry[] } {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Fault(2, `minikube profile list: no list was answered, but: ${squeeze(stdout) || "nothing"}`);
  }
}

const states: Record<string, ProfileState> = { OK: "running", HAppy: "running", Stopped: "stopped", Paused: "paused" };

/**
 * How a profile is. That it is listed as valid does not mean that it runs.
 *
 * @param ready whether a start of ours came to its end; undefined when somebody else has started it
 */
export function stateOf(profile: Profile | undefined, ready: boolean | undefined): ProfileState {
  if (!profile) return "absent";
  const state = states[profile.status] ?? "unfinished";
  return state !== "running" && ready === false ? "unfinished" : state;
}
