import { Fault } from "../../fault.ts";
import { run } from "./command.ts";
import { squeeze } from "./events.ts";

/** minikube's labels on what it makes in Docker. */
const ofProfile = (profile: string): string => `label=name.minikube.sigs.k8s.io=${profile}`;

const rows = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** The local Docker, asked through its command line: it knows where the daemon is. */
export class Docker {
  private readonly env: NodeJS.ProcessEnv;
  private readonly signal: AbortSignal | undefined;

  constructor(env: NodeJS.ProcessEnv, signal?: AbortSignal) {
    this.env = env;
    this.signal = signal;
  }

  private run(...args: string[]) {
    return run("docker", args, { env: this.env, signal: this.signal });
  }

  private async demand(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Fault(2, `docker ${args[0]} ${args[1]} failed (exit ${code}): ${squeeze(stderr)}`);
    return stdout;
  }

  /** Whether there is a Docker that answers. */
  async answers(): Promise<boolean> {
    try {
      return (await this.run("version", "--format", "{{.Server.Version}}")).code === 0;
    } catch (error) {
      if (error instanceof Fault) return false;
      throw error;
    }
  }

  /** The id of an image; undefined when it is not here. */
  async imageId(reference: string): Promise<string | undefined> {
    const { code, stdout } = await this.run("image", "inspect", "--format", "{{.Id}}", reference);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** The ids of the images that minikube's nodes are made of: gcr.io/k8s-minikube/kicbase, or kicbase/stable in its place. */
  async nodeImages(): Promise<string[]> {
    const lines = rows(await this.demand("image", "ls", "--no-trunc", "--format", "{{.Repository}} {{.ID}}"));
    const found = lines.flatMap((line) => {
      const [repository = "", id = ""] = line.split(" ");
      return /(^|\/)kicbase(\/|$)/.test(repository) ? [id] : [];
    });
    return [...new Set(found)];
  }

  async save(file: string, references: string[]): Promise<void> {
    await this.demand("image", "save", "--output", file, ...references);
  }

  /** Removes an image that nothing uses; one that is in use stays. */
  async removeImage(id: string): Promise<boolean> {
    return (await this.run("image", "rm", id)).code === 0;
  }

  /** What minikube has made for a profile and has left, removed. */
  async sweep(profile: string): Promise<string[]> {
    const removed: string[] = [];
    for (const [kind, list, remove] of [
      ["container", ["container", "ls", "--all"], ["container", "rm", "--force", "--volumes"]],
      ["network", ["network", "ls"], ["network", "rm"]],
      ["volume", ["volume", "ls"], ["volume", "rm"]],
    ] as const) {
      const ids = rows(await this.demand(...list, "--quiet", "--filter", ofProfile(profile)));
      for (const id of ids) await this.demand(...remove, id);
      if (ids.length > 0) removed.push(`${ids.length} ${kind}${ids.length > 1 ? "s" : ""}`);
    }
    return removed;
  }
}
