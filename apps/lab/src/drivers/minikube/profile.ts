import { Fault } from "../../fault.ts";
import { squeeze } from "./events.ts";

/** A profile as `minikube profile list --light -o json` lists it. */
export interface Profile {
  name: string;
  /** The version requested at its start: `v1.35.1`. */
  kubernetes: string;
}

/** A node as `minikube status -o json` reports it: `Running`, `Stopped`, `Paused`, `Configured`, `Misconfigured`, … */
export interface NodeStatus {
  Host: string;
  Kubelet: string;
  APIServer: string;
  Kubeconfig: string;
}

/**
 * - `unfinished`: the lab's first start of it never completed, so it holds nobody's data.
 * - `impaired`: it exists, but not all of it runs.
 * - `detached`: it runs, but the kubeconfig lacks it.
 * - `foreign`: Docker has objects of this name that neither minikube nor the lab knows.
 * - `hidden`: Docker does not answer.
 */
export type ProfileState =
  | "absent"
  | "running"
  | "stopped"
  | "paused"
  | "unfinished"
  | "impaired"
  | "detached"
  | "foreign"
  | "hidden";

interface Entry {
  Name?: string;
  Config?: { KubernetesConfig?: { KubernetesVersion?: string } } | null;
}

function parse<T>(command: string, stdout: string): T {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Fault(2, `minikube ${command}: no JSON was answered, but: ${squeeze(stdout) || "nothing"}`);
  }
}

/**
 * Parses `minikube profile list -o json`, including invalid profiles, which lack their configuration. The listed status is
 * ignored: for ten minutes after a failed start it shows that failure, whatever runs.
 *
 * @throws {Fault} for any other text
 */
export function parseProfiles(stdout: string): Profile[] {
  const { valid, invalid } = parse<{ valid?: Entry[]; invalid?: Entry[] }>("profile list", stdout);
  return [...(valid ?? []), ...(invalid ?? [])].map(({ Name, Config }) => ({
    name: Name ?? "",
    kubernetes: Config?.KubernetesConfig?.KubernetesVersion ?? "",
  }));
}

/**
 * Parses the first node of `minikube status -o json`; undefined for `null`, which means that Docker has no container for it.
 *
 * @throws {Fault} for any other text
 */
export function parseStatus(stdout: string): NodeStatus | undefined {
  const answer = parse<NodeStatus | NodeStatus[] | null>("status", stdout);
  return (Array.isArray(answer) ? answer[0] : answer) ?? undefined;
}

/** What minikube, Docker and the lab's record tell of a profile. */
export interface Sighting {
  /** Whether minikube knows it. */
  known: boolean;
  node: NodeStatus | undefined;
  /** Whether Docker has any object of its name. */
  inDocker: boolean;
  /** Whether a start by the lab ever completed; undefined when the lab has not started it. */
  ready: boolean | undefined;
}

/** Derives a profile's state. Only an `unfinished` profile may be removed unasked. */
export function stateOf({ known, node, inDocker, ready }: Sighting): ProfileState {
  if (!known && !inDocker) return "absent";
  if (!known) return ready === false ? "unfinished" : "foreign";
  if (node?.Kubelet === "Running" && node.APIServer === "Running")
    return node.Kubeconfig === "Configured" ? "running" : "detached";
  if (node?.APIServer === "Paused") return "paused";
  if (node?.Host === "Stopped") return "stopped";
  return ready === false ? "unfinished" : "impaired";
}
