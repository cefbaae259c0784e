import { Fault } from "../../fault.ts";
import type { Location } from "../driver.ts";
import { type Ended, type Invocation, run } from "./command.ts";
import { keepContext } from "./context.ts";
import { explain, type MinikubeEvent, narrate, parseEvent } from "./events.ts";
import { type NodeImage, parseImages } from "./images.ts";
import { type NodeStatus, type Profile, parseProfiles, parseStatus } from "./profile.ts";

/** The Kubernetes version of a profile: the default of minikube 1.38.1, pinned for other versions of minikube. */
const kubernetesVersion = "v1.35.1";

/** The size of a profile. */
export interface Machine {
  /** As minikube accepts it: `4g`, `4096mb`. */
  memory: string;
  cpus: number;
}

/** Runs minikube's command line for one profile. */
export class Minikube {
  readonly profile: string;
  readonly env: NodeJS.ProcessEnv;
  private readonly signal: AbortSignal | undefined;

  /** @param signal stops running commands; omit it for commands that must run to their end */
  constructor(
    { profile, kubeconfig }: Pick<Location, "profile" | "kubeconfig">,
    env: NodeJS.ProcessEnv,
    signal?: AbortSignal,
  ) {
    this.profile = profile;
    this.signal = signal;
    // The lab does not need minikube's update check. minikube writes to KUBECONFIG, so a named kubeconfig goes there.
    const settings = { MINIKUBE_WANTUPDATENOTIFICATION: "false", ...(kubeconfig && { KUBECONFIG: kubeconfig }) };
    this.env = { ...env, ...settings };
  }

  private run(args: string[], watch: Pick<Invocation, "onLine" | "onSpawn"> = {}): Promise<Ended> {
    return run("minikube", args, { env: this.env, signal: this.signal, ...watch });
  }

  /** Runs a command without events and requires its success. The words of `inNode` run in the node. */
  private async demand(what: string, args: string[], inNode: string[] = []): Promise<string> {
    const rest = inNode.length > 0 ? ["--", ...inNode] : [];
    const { code, stdout, stderr } = await this.run([...args, "--profile", this.profile, ...rest]);
    if (code === 0) return stdout;
    throw new Fault(2, `minikube ${what} failed (exit ${code}): ${explain([], stderr)}`);
  }

  /** Finds the profile; undefined when there is none. This works without Docker. */
  async find(): Promise<Profile | undefined> {
    const { stdout } = await this.run(["profile", "list", "--light", "--output", "json"]);
    return parseProfiles(stdout).find(({ name }) => name === this.profile);
  }

  /** Reads the node status of an existing profile; undefined when Docker has no container for it. */
  async status(): Promise<NodeStatus | undefined> {
    return parseStatus((await this.run(["status", "--profile", this.profile, "--output", "json"])).stdout);
  }

  /**
   * Starts the profile.
   *
   * @param news receives each step and the progress of downloads
   * @param onSpawn receives the pid of the minikube process
   * @throws {Fault} with minikube's own reason
   */
  async start(machine: Machine, news: (line: string) => void, onSpawn: (pid: number) => Promise<void>): Promise<void> {
    const events: MinikubeEvent[] = [];
    const tell = narrate(news);
    const onLine = (line: string): void => {
      const event = parseEvent(line);
      if (!event) return;
      events.push(event);
      tell(event);
    };
    const words = startArguments(this.profile, machine, isRoot());
    const { code, stderr } = await keepContext(this.env, () => this.run(words, { onLine, onSpawn }));
    if (code !== 0) throw new Fault(2, `minikube start failed (exit ${code}): ${explain(events, stderr)}`);
  }

  async unpause(): Promise<void> {
    await this.demand("unpause", ["unpause"]);
  }

  async stop(): Promise<void> {
    await keepContext(this.env, () => this.demand("stop", ["stop"]));
  }

  /** Removes the profile, whatever state it is in. */
  async delete(): Promise<void> {
    await keepContext(this.env, () => this.demand("delete", ["delete"]), this.profile);
  }

  async images(): Promise<NodeImage[]> {
    return parseImages(await this.demand("image ls", ["image", "ls", "--format", "json"]));
  }

  /** Loads a tar archive of images. */
  async load(file: string): Promise<void> {
    await this.demand("image load", ["image", "load", file]);
  }

  /** Runs a command in the node and returns what it prints. */
  ssh(...words: string[]): Promise<string> {
    return this.demand(`ssh -- ${words.join(" ")}`, ["ssh"], words);
  }

  /** Returns the output of `minikube status` and writes the logs to a file, whatever state the profile is in. */
  async writeLogs(file: string): Promise<string> {
    const { stdout, stderr } = await this.run(["status", "--profile", this.profile, "--output", "json"]);
    await this.run(["logs", "--profile", this.profile, "--length", "200", "--file", file]);
    return stdout + stderr;
  }
}

/** minikube refuses the docker driver to root without `--force`. */
const isRoot = (): boolean => process.getuid?.() === 0;

/** The arguments of `minikube start`. */
export const startArguments = (profile: string, { memory, cpus }: Machine, asRoot: boolean): string[] => [
  "start",
  ...["--profile", profile],
  "--driver=docker",
  `--kubernetes-version=${kubernetesVersion}`,
  `--cpus=${cpus}`,
  `--memory=${memory}`,
  // The default network plugin of a single node does not enforce NetworkPolicies.
  "--cni=calico",
  // The user's current context stays, and the kubeconfig needs no other files.
  "--keep-context",
  "--embed-certs",
  "--wait=all",
  "--interactive=false",
  "--output=json",
  ...(asRoot ? ["--force"] : []),
];
