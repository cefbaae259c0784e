import { Fault } from "../../fault.ts";
import { run } from "./command.ts";
import { squeeze } from "./events.ts";

/** The filter for minikube's label on a profile's Docker objects. */
const ofProfile = (profile: string): string => `label=name.minikube.sigs.k8s.io=${profile}`;

/** How to list and remove each kind of object, in the order of removal. */
const kinds = {
  container: { list: ["container", "ls", "--all"], remove: ["container", "rm", "--force", "--volumes"] },
  network: { list: ["network", "ls"], remove: ["network", "rm"] },
  volume: { list: ["volume", "ls"], remove: ["volume", "rm"] },
};

type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];

const counted = (kind: Kind, count: number): string[] => (count > 0 ? [`${count} ${kind}${count > 1 ? "s" : ""}`] : []);

const rows = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** The local Docker, through its command line, which knows where the daemon is. */
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

  /** Whether the Docker daemon answers. */
  async answers(): Promise<boolean> {
    try {
      return (await this.run("version", "--format", "{{.Server.Version}}")).code === 0;
    } catch (error) {
      if (error instanceof Fault) return false;
      throw error;
    }
  }

  /** Returns the daemon's unique id; undefined when no daemon answers. */
  async daemon(): Promise<string | undefined> {
    const ended = await this.run("system", "info", "--format", "{{.ID}}").catch(() => undefined);
    return ended?.code === 0 ? ended.stdout.trim() : undefined;
  }

  /** Returns an image's id; undefined when Docker lacks the image. */
  async imageId(reference: string): Promise<string | undefined> {
    const { code, stdout } = await this.run("image", "inspect", "--format", "{{.Id}}", reference);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** Returns the ids of minikube's node images: gcr.io/k8s-minikube/kicbase, or its fallback kicbase/stable. */
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

  /** Removes an image unless it is in use. Returns whether it did. */
  async removeImage(id: string): Promise<boolean> {
    return (await this.run("image", "rm", id)).code === 0;
  }

  private async find(kind: Kind, profile: string): Promise<string[]> {
    return rows(await this.demand(...kinds[kind].list, "--quiet", "--filter", ofProfile(profile)));
  }

  /** Counts what minikube has created for a profile: `1 container`, … */
  async list(profile: string): Promise<string[]> {
    const counts = await Promise.all(
      kindNames.map(async (kind) => counted(kind, (await this.find(kind, profile)).length)),
    );
    return counts.flat();
  }

  /**
   * Removes the containers that unpack minikube's preload into a profile's volume. They outlive an interrupted start, keep the
   * volume in use, and have neither the profile's name nor its label.
   */
  async endUnpacking(profile: string): Promise<void> {
    const words = ["--all", "--no-trunc", "--filter", `volume=${profile}`, "--format", "{{.ID}} {{.Command}}"];
    for (const line of rows(await this.demand("container", "ls", ...words))) {
      const [id = "", ...command] = line.split(" ");
      if (/^"?\/usr\/bin\/tar .*\/extractDir/.test(command.join(" "))) await this.run("container", "rm", "--force", id);
    }
  }

  /** Removes what minikube has left of a profile. Returns the counts. */
  async sweep(profile: string): Promise<string[]> {
    const removed: string[] = [];
    for (const kind of kindNames) {
      const ids = await this.find(kind, profile);
      for (const id of ids) await this.demand(...kinds[kind].remove, id);
      removed.push(...counted(kind, ids.length));
    }
    return removed;
  }
}
