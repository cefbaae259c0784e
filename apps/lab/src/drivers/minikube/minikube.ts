import { Fault } from "../../fault.ts";
import type { Place } from "../driver.ts";
import { type Ended, run } from "./command.ts";
import { describeStep, explain, type MinikubeEvent, parseEvent } from "./events.ts";
import { type NodeImage, parseImages } from "./images.ts";
import { type Profile, parseProfiles } from "./profile.ts";

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
    { profile, kubeconfig }: Pick<Place, "profile" | "kubeconfig">,
    env: NodeJS.ProcessEnv,
    signal?: AbortSignal,
  ) {
    this.profile = profile;
    this.signal = signal;
    // The look-up of new versions is none of the lab's; a file that was named is where minikube has to write.
    const settings = { MINIKUBE_WANTUPDATENOTIFICATION: "false", ...(kubeconfig && { KUBECONFIG: kubeconfig }) };
    this.env = { ...env, ...settings };
  }

  private run(args: string[], onLine?: (line: string) => void): Promise<Ended> {
    return run("minikube", args, { env: this.env, signal: this.signal, ...(onLine && { onLine }) });
  }

  /** Runs a command without events, and insists on its success. */
  private async demand(what: string, args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run([...args, "--profile", this.profile]);
    if (code === 0) return stdout;
    throw new Fault(2, `minikube ${what} failed (exit ${code}): ${explain([], stderr)}`);
  }

  /** The profile as it is; undefined when there is none. It takes no Docker to know that. */
  async find(): Promise<Profile | undefined> {
    const { stdout } = await this.run(["profile", "list", "--output", "json"]);
    return parseProfiles(stdout).find(({ name }) => name === this.profile);
  }

  /**
   * Starts the profile.
   *
   * @param news is told each step
   * @throws {Fault} with minikube's own reason
   */
  async start({ memory, cpus }: Machine, news: (line: string) => void): Promise<void> {
    const events: MinikubeEvent[] = [];
    const { code, stderr } = await this.run(startArguments(this.profile, { memory, cpus }, isRoot()), (line) => {
      const event = parseEvent(line);
      if (!event) return;
      events.push(event);
      const step = describeStep(event);
      if (step) news(step);
    });
    if (code !== 0) throw new Fault(2, `minikube start failed (exit ${code}): ${explain(events, stderr)}`);
  }

  async unpause(): Promise<void> {
    await this.demand("unpause", ["unpause"]);
  }

  async stop(): Promise<void> {
    await this.demand("stop", ["stop"]);
  }

  /** Removes the profile, whatever state it is in. */
  async delete(): Promise<void> {
    await this.demand("delete", ["delete"]);
  }

  async images(): Promise<NodeImage[]> {
    return parseImages(await this.demand("image ls", ["image", "ls", "--format", "json"]));
  }

  /** Loads a tar of images. */
  async load(file: string): Promise<void> {
    await this.demand("image load", ["image", "load", file]);
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
