import { Fault } from "../../fault.ts";
import { squeeze } from "./events.ts";

/** A profile as `minikube profile list --light -o json` tells it. */
export interface Profile {
  name: string;
  /** As asked for at its start: `v1.35.1`. */
  kubernetes: string;
}

/** A profile's node as `minikube status -o json` tells it: `Running`, `Stopped`, `Paused`, `Configured`, `Misconfigured`, … */
export interface NodeStatus {
  Host: string;
  Kubelet: string;
  APIServer: string;
  Kubeconfig: string;
}

/**
 * - `unfinished`: the lab's own first start of it did not come to its end: nothing of anybody's is in it.
 * - `impaired`: there, but not all of it runs.
 * - `detached`: it runs, and the kubeconfig does not know it.
 * - `foreign`: Docker holds something of this name that neither minikube nor the lab knows.
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
 * The profiles of `minikube profile list -o json`; invalid ones too, they lack their configuration. What it says of their status is
 * not read: for ten minutes after a start that failed it is that start's, whatever runs.
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
 * The first node of `minikube status -o json`; undefined for its `null`: Docker has no container for it.
 *
 * @throws {Fault} for any other text
 */
export function parseStatus(stdout: string): NodeStatus | undefined {
  const answer = parse<NodeStatus | NodeStatus[] | null>("status", stdout);
  return (Array.isArray(answer) ? answer[0] : answer) ?? undefined;
}

/** What is known of a profile. */
export interface Sighting {
  /** Whether minikube knows it. */
  known: boolean;
  node: NodeStatus | undefined;
  /** Whether Docker holds anything of its name. */
  inDocker: boolean;
  /** Whether a start of the lab ever came to its end; undefined when the lab has not started it. */
  ready: boolean | undefined;
}

/** How a profile is. Only what is `unfinished` may be removed unasked. */
export function stateOf({ known, node, inDocker, ready }: Sighting): ProfileState {
  if (!known && !inDocker) return "absent";
  if (!known) return ready === false ? "unfinished" : "foreign";
  if (node?.Kubelet === "Running" && node.APIServer === "Running")
    return node.Kubeconfig === "Configured" ? "running" : "detached";
  if (node?.APIServer === "Paused") return "paused";
  if (node?.Host === "Stopped") return "stopped";
  return ready === false ? "unfinished" : "impaired";
}
