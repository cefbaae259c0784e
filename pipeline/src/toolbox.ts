import type { Container } from "@dagger.io/dagger";
import { docker, dockerLines, socketPath } from "./docker.js";
import { why } from "./failure.js";
import { reference } from "./images.js";
import { callerVariable, workdir } from "./target.js";
import { withUncachedExec } from "./uncached.js";

/**
 * What every name begins with that the module gives in the machine's Docker. minikube names container, network and volume
 * of a profile after the profile, in whose name it allows no dot.
 */
const prefix = "flipt-sidecar-lab.";

/** The volume of the machine's Docker that holds minikube's state. */
export const volume = `${prefix}state`;

/**
 * What a function does. One that changes something names its container so, one after the other; others may run beside it, and beside
 * each other.
 */
export type Act = "up" | "down" | `verify-${string}` | "status" | "kubeconfig" | "diagnostics";

export const changes = (act: string): boolean => /^(up|down|verify-.+)$/.test(act);

/** Two verifications, each of a mode of its own, touch nothing in common. */
const areApart = (one: string, other: string): boolean =>
  one !== other && [one, other].every((act) => act.startsWith("verify-"));

const nameOf = (act: string): string => prefix + (changes(act) ? act : `${act}-${crypto.randomUUID()}`);

/** How the toolbox runs: for what, and where on Docker's machine the socket lies that it drives. */
export interface Toolbox {
  act: Act;
  socket: string;
}

/** As long as `lab` takes to keep what it knows and to remove a cluster, when it is told to stop. */
const stopSeconds = "120";

/** The options of a container of the toolbox: on the machine itself, so that minikube sees it as if it had been started there. */
export const containerOptions = ({ act, socket }: { act: string; socket: string }): string[] => [
  ...["--name", nameOf(act), "--network", "host", "--stop-timeout", stopSeconds],
  // by --mount, since --volume makes a folder where there is no socket
  ...["--mount", `type=bind,source=${socket},target=${socketPath}`, "--volume", `${volume}:/state`],
  ...["--env", `${callerVariable}=`, "--workdir", workdir],
];

/** The words that run `lab` in the toolbox. */
export const inToolbox = (toolbox: Toolbox, words: string[]): string[] => [
  ...["docker", "run", "--rm", ...containerOptions(toolbox), reference("toolbox"), ...words],
];

/** A container of the module's that has the state mounted. */
interface Holder {
  name: string;
  state: string;
  since: string;
}

const format = "{{.Names}}\t{{.State}}\t{{.RunningFor}}";

/**
 * The words that list, from a container with a socket mounted, what holds the state. Whether that container is listed itself tells
 * whether the socket leads to the Docker that runs it; an id of the daemon does not, since two of one machine may share it.
 */
export function lookWords(socket: string): string[] {
  const list = ["ps", "--all", "--no-trunc", "--filter", `volume=${volume}`, "--format", format];
  const options = ["--rm", ...containerOptions({ act: "look", socket }), "--entrypoint", "docker"];
  return ["docker", "run", ...options, reference("toolbox"), ...list];
}

/** The other containers of the module's that are listed; undefined where the one that has asked is not. */
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
 * Finds the socket that the toolbox is to mount: its path counts on the machine of Docker, not on that of the engine.
 *
 * @param given where it is said to lie, as an address or a path
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

/** A container that has ended is removed a moment later, and its name is taken until then. */
async function gone(client: Container, name: string): Promise<void> {
  const list = ["ps", "--all", "--quiet", "--filter", `name=^/?${name}$`];
  for (let looks = 0; looks < 30 && (await dockerLines(client, ...list)).length > 0; looks += 1);
}

/** Lets the commands end that are in the way of one that changes something. They may be cut off from whoever started them. */
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
    // gone by itself meanwhile; whatever else is wrong, the next command tells
    await docker(client, ...words).catch(() => {});
    await gone(client, name);
  }
}
