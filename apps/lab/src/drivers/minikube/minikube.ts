import { Fault } from "../../fault.ts";
import type { Location } from "../driver.ts";
import { type Ended, type Invocation, run } from "./command.ts";
import { keepContext } from "./context.ts";
import { explain, type MinikubeEvent, narrate, parseEvent } from "./events.ts";
import { type NodeImage, parseImages } from "./images.ts";
import { type NodeStatus, type Profile, parseProfiles, parseStatus } from "./profile.ts";

/** What runs in a profile: minikube 1.38.1's own choice, said so that another minikube takes it too. */
const kubernetesVersion = "v1.35.1";

/** How much of the machine a profile gets. */
export interface Machine {
  /** As minikube takes it: `4g`, `4096mb`. */
  memory: string;
  cpus: number;
}

/** minikube's command line, for one profile. */
export class Minikube {
  readonly profile: string;
  readonly env: NodeJS.ProcessEnv;
  private readonly signal: AbortSignal | undefined;

  /** @param signal ends what runs; left out where it has to come to its end */
  constructor(
    { profile, kubeconfig }: Pick<Location, "profile" | "kubeconfig">,
    env: NodeJS.ProcessEnv,
    signal?: AbortSignal,
  ) {
    this.profile = profile;
    this.signal = signal;
    // The look-up of new versions is none of the lab's; a file that was named is where minikube has to write.
    const settings = { MINIKUBE_WANTUPDATENOTIFICATION: "false", ...(kubeconfig && { KUBECONFIG: kubeconfig }) };
    this.env = { ...env, ...settings };
  }

  private run(args: string[], watch: Pick<Invocation, "onLine" | "onSpawn"> = {}): Promise<Ended> {
    return run("minikube", args, { env: this.env, signal: this.signal, ...watch });
  }

  /** Runs a command without events, and insists on its success. What follows `--` is for the node. */
  private async demand(what: string, args: string[], inNode: string[] = []): Promise<string> {
    const rest = inNode.length > 0 ? ["--", ...inNode] : [];
    const { code, stdout, stderr } = await this.run([...args, "--profile", this.profile, ...rest]);
    if (code === 0) return stdout;
    throw new Fault(2, `minikube ${what} failed (exit ${code}): ${explain([], stderr)}`);
  }

  /** The profile as it is; undefined when there is none. It takes no Docker to know that. */
  async find(): Promise<Profile | undefined> {
    const { stdout } = await this.run(["profile", "list", "--light", "--output", "json"]);
    return parseProfiles(stdout).find(({ name }) => name === this.profile);
  }

  /** The node of a profile that there is; undefined when Docker has none. */
  async status(): Promise<NodeStatus | undefined> {
    return parseStatus((await this.run(["status", "--profile", this.profile, "--output", "json"])).stdout);
  }

  /**
   * Starts the profile.
   *
   * @param news is told each step, and how downloads go
   * @param onSpawn is told the process that does it
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

  /** Loads a tar of images. */
  async load(file: string): Promise<void> {
    await this.demand("image load", ["image", "load", file]);
  }

  /** Runs a command in the node and returns what it prints. */
  ssh(...words: string[]): Promise<string> {
    return this.demand(`ssh -- ${words.join(" ")}`, ["ssh"], words);
  }

  /** What `status` says, and all logs that minikube can get at into a file; whatever is there. */
  async writeLogs(file: string): Promise<string> {
    const { stdout, stderr } = await this.run(["status", "--profile", this.profile, "--output", "json"]);
    await this.run(["logs", "--profile", this.profile, "--length", "200", "--file", file]);
    return stdout + stderr;
  }
}

/** minikube refuses the docker driver to root unless it is told that this is meant. */
const isRoot = (): boolean => process.getuid?.() === 0;

/** The words of a start. */
export const startArguments = (profile: string, { memory, cpus }: Machine, asRoot: boolean): string[] => [
  "start",
  ...["--profile", profile],
  "--driver=docker",
  `--kubernetes-version=${kubernetesVersion}`,
  `--cpus=${cpus}`,
  `--memory=${memory}`,
  // The usual network of one node does not enforce NetworkPolicies.
  "--cni=calico",
  // Nobody's current context is changed, and the kubeconfig is one file.
  "--keep-context",
  "--embed-certs",
  "--wait=all",
  "--interactive=false",
  "--output=json",
  ...(asRoot ? ["--force"] : []),
];
