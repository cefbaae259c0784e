import type { Container } from "@dagger.io/dagger";
import { docker, dockerLines, socketPath } from "./docker.js";
import { why } from "./failure.js";
import { reference } from "./images.js";
import { callerVariable, workdir } from "./target.js";
import { withUncachedExec } from "./uncached.js";

/**
 * The prefix of every name that the module gives in the machine's Docker. minikube names the container, network and
 * volume of a node after the profile. A profile name has no dot, so the names never collide.
 */
const prefix = "flipt-sidecar-lab.";

/** The volume of the machine's Docker that holds minikube's state. */
export const volume = `${prefix}state`;

/**
 * What a function does. An act that changes something gives its container a fixed name, so that only one runs at a time.
 * The others run beside it and beside each other.
 */
export type Act = "up" | "down" | `verify-${string}` | "status" | "kubeconfig" | "diagnostics";

export const changes = (act: string): boolean => /^(up|down|verify-.+)$/.test(act);

/** Whether two acts share nothing: verifications of different modes. */
const areApart = (one: string, other: string): boolean =>
  one !== other && [one, other].every((act) => act.startsWith("verify-"));

const nameOf = (act: string): string => prefix + (changes(act) ? act : `${act}-${crypto.randomUUID()}`);

/** How the toolbox runs: the act, and the path of its Docker socket on the machine that runs Docker. */
export interface Toolbox {
  act: Act;
  socket: string;
}

/** The time in seconds that `lab` has to keep diagnostics and to remove a cluster when it is stopped. */
const stopSeconds = "120";

/** Returns the options of a toolbox container. It uses the machine's network, so that minikube works as if started there. */
export const containerOptions = ({ act, socket }: { act: string; socket: string }): string[] => [
  ...["--name", nameOf(act), "--network", "host", "--stop-timeout", stopSeconds],
  // --mount fails when the socket is missing; --volume would make a folder there.
  ...["--mount", `type=bind,source=${socket},target=${socketPath}`, "--volume", `${volume}:/state`],
  ...["--env", `${callerVariable}=`, "--workdir", workdir],
];

/** Returns the words that run `lab` in the toolbox. */
export const inToolbox = (toolbox: Toolbox, words: string[]): string[] => [
  ...["docker", "run", "--rm", ...containerOptions(toolbox), reference("toolbox"), ...words],
];

/** A container of the module that mounts the state. */
interface Holder {
  name: string;
  state: string;
  since: string;
}

const format = "{{.Names}}\t{{.State}}\t{{.RunningFor}}";

/**
 * Returns the words that list the containers that mount the state. The container that runs them mounts it too. When it
 * lists itself, the socket leads to the Docker that runs it. The daemon's id would not tell: two daemons may share one.
 */
export function lookWords(socket: string): string[] {
  const list = ["ps", "--all", "--no-trunc", "--filter", `volume=${volume}`, "--format", format];
  const options = ["--rm", ...containerOptions({ act: "look", socket }), "--entrypoint", "docker"];
  return ["docker", "run", ...options, reference("toolbox"), ...list];
}

/** Returns the other containers of the module in a list. Returns undefined when the list lacks the container that asked. */
export function holdersOf(words: string[], listed: string): Holder[] | undefined {
  const own = words[words.indexOf("--name") + 1];
  const holders = listed.split("\n").map((line) => {
    const [name = "", state = "", since = ""] = line.split("\t");
    return { name, state, since };
  });
  if (!holders.some(({ name }) => name === own)) return undefined;
  return holders.filter(({ name }) => name !== own && name.startsWith(prefix));
}

/**
 * Finds the socket that the toolbox mounts. The path belongs to the machine that runs Docker, not to the engine's.
 *
 * @param given the path to try first, or its unix:// address
 * @throws {Error} when no such path leads to the Docker that was given
 */
export async function findSocket(client: Container, given: string): Promise<{ socket: string; holders: Holder[] }> {
  const seen: string[] = [];
  for (const socket of new Set([given.replace(/^unix:\/\//, ""), socketPath])) {
    try {
      const words = lookWords(socket);
      const holders = holdersOf(words, await withUncachedExec(client, words).stdout());
      if (holders) return { socket, holders };
      seen.push(`behind ${socket} another one answers`);
    } catch (error) {
      seen.push(`with ${socket}: ${why(error)}`);
    }
  }
  throw new Error(
    `the toolbox cannot drive the Docker of --docker: ${seen.join("; ")}; name its socket for both: LAB_DOCKER=unix:///PATH dagger call …`,
  );
}

/** Waits until a container is gone. Docker removes an ended container a moment later and keeps its name until then. */
async function gone(client: Container, name: string): Promise<void> {
  const list = ["ps", "--all", "--quiet", "--filter", `name=^/?${name}$`];
  for (let looks = 0; looks < 30 && (await dockerLines(client, ...list)).length > 0; looks += 1);
}

/** Waits for commands in the way of one that changes something, or ends them. Their user may have pressed Ctrl-C. */
export async function makeWay(client: Container, act: Act, holders: Holder[]): Promise<void> {
  if (!changes(act)) return;
  for (const { name, state, since } of holders) {
    const other = name.slice(prefix.length);
    if (act !== "down" && (!changes(other) || areApart(act, other))) continue;
    const [fate, words] =
      state !== "running"
        ? ["it is removed", ["rm", name]]
        : act === "down"
          ? ["it is ended first", ["stop", name]]
          : [`waiting for its end; to end it: docker stop ${name}`, ["wait", name]];
    console.error(`"${other}", begun ${since}, is still ${state} on this machine's Docker; ${fate}`);
    // The container may be gone by now. The next command reports any other error.
    await docker(client, ...words).catch(() => {});
    await gone(client, name);
  }
}
