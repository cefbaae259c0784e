import { rmSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finished, type Running, repository, run, start } from "../../../../testing/process.ts";

/** The programs that a stand has on its PATH beside Node: real ones, or stand-ins of `apps/lab/test/minikube`. */
type Program = "minikube" | "docker" | "kubectl";

/** The bundled lab, as the toolbox has it: it starts in half the time. Made once a test file. */
async function bundleLab(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "stand-lab-"));
  process.once("exit", () => rmSync(out, { recursive: true, force: true }));
  const { code, stderr } = await run(process.execPath, {
    args: [repository("scripts/bundle.mjs"), "lab", "--out", out],
  });
  if (code !== 0) throw new Error(`the lab cannot be bundled: ${stderr}`);
  return join(out, "lab/main.js");
}
let bundled: Promise<string> | undefined;

/** A machine with a fake minikube, as far as `lab` can see. */
export class Stand {
  readonly folder: string;
  private readonly bin: string;

  private readonly lab: string;

  private constructor(folder: string, bin: string, lab: string) {
    this.folder = folder;
    this.bin = bin;
    this.lab = lab;
  }

  /** @param fakes the stand-ins; what is left out is not there, unless `more` has it */
  static async open(fakes: Program[] = ["minikube", "docker"], more: Record<string, string> = {}): Promise<Stand> {
    const folder = await mkdtemp(join(tmpdir(), "stand-"));
    const bin = await mkdtemp(join(tmpdir(), "stand-bin-"));
    await symlink(process.execPath, join(bin, "node"));
    for (const [name, path] of Object.entries(more)) await symlink(path, join(bin, name));
    for (const name of fakes) {
      const script = repository(`apps/lab/test/minikube/fake-${name}.mjs`);
      await writeFile(join(bin, name), `#!/bin/sh\nexec "${join(bin, "node")}" "${script}" "$@"\n`);
      await chmod(join(bin, name), 0o755);
    }
    bundled ??= bundleLab();
    return new Stand(folder, bin, await bundled);
  }

  async close(): Promise<void> {
    for (const path of [this.folder, this.bin]) await rm(path, { recursive: true, force: true });
  }

  get kubeconfig(): string {
    return join(this.folder, "kubeconfig");
  }

  /** What its programs see. */
  get env(): Record<string, string> {
    const { folder, kubeconfig } = this;
    return { PATH: this.bin, FAKE_HOME: folder, MINIKUBE_HOME: folder, KUBECONFIG: kubeconfig };
  }

  start(args: string[], env: Record<string, string> = {}): Running {
    return start(process.execPath, {
      args: [this.lab, ...args],
      cwd: this.folder,
      env: { ...this.env, ...env },
    });
  }

  run(args: string[], env?: Record<string, string>): Promise<Finished> {
    return this.start(args, env).finished;
  }

  /** What minikube was asked, oldest first. */
  async calls(): Promise<string[][]> {
    const text = await readFile(join(this.folder, "calls.log"), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  /** The images of the fake docker, by name. */
  async setImages(images: Record<string, string>): Promise<void> {
    await writeFile(join(this.folder, "docker.json"), JSON.stringify(images));
  }

  /** What the fake docker holds, by kind: `container one`. */
  async objects(): Promise<string[]> {
    const text = await readFile(join(this.folder, "docker-objects.json"), "utf8").catch(() => "{}");
    const kinds: Record<string, object> = JSON.parse(text);
    return Object.entries(kinds).flatMap(([kind, objects]) => Object.keys(objects).map((name) => `${kind} ${name}`));
  }

  async images(): Promise<Record<string, string>> {
    return JSON.parse(await readFile(join(this.folder, "docker.json"), "utf8").catch(() => "{}"));
  }
}

/** Where a program lies on the PATH of the test; undefined where it does not. */
export async function locate(name: string): Promise<string | undefined> {
  const { stdout } = await start("sh", { args: ["-c", `command -v ${name}`] }).finished;
  return stdout.trim() || undefined;
}
