import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dumpYaml, type KubernetesObject, loadAllYaml } from "@kubernetes/client-node";
import { Fault, oneLine } from "../../../fault.ts";
import type { ModeName } from "../../../modes.ts";

/** The folder of the manifests: next to a bundled program, else in the repository. */
const root =
  ["k8s", "../../../../../../k8s"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path)) ?? "k8s";

/** A rendered object. It always has a name. */
export interface Manifest extends KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: NonNullable<KubernetesObject["metadata"]> & { name: string };
  spec?: unknown;
}

/**
 * Resolves the name of one of the lab's components: the full name or its suffix (`emulator` for `flipt-emulator`).
 *
 * @throws {Fault} for an unknown or an ambiguous name
 */
export function findComponent(name: string, known: string[]): string {
  const found = known.includes(name) ? [name] : known.filter((each) => each.endsWith(`-${name}`));
  const [component] = found;
  if (found.length === 1 && component) return component;
  throw new Fault(
    3,
    `unknown component "${name}": expected ${known.map((each) => `"${each}"`).join(", ")}, or the path of a folder: "./${name}"`,
  );
}

/** Whether a component is given as a path: `./mine`, `/srv/mine`, `..`. */
const isPath = (component: string): boolean => /^\.{1,2}$|[/\\]/.test(component);

/**
 * Returns the folder of a component. The lab's own components go by name, all others by path.
 *
 * @throws {Fault} when there is no such component
 */
export function componentFolder(component: string): string {
  if (!isPath(component)) {
    const folders = join(root, "components");
    const known = readdirSync(folders).filter((name) => existsSync(join(folders, name, "kustomization.yaml")));
    return join(folders, findComponent(component, known));
  }
  const folder = resolve(component);
  const files = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  if (files.includes("kustomization.yaml")) return folder;
  throw new Fault(3, `component "${component}": there is no file "${join(folder, "kustomization.yaml")}"`);
}

async function kustomize(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("kubectl", ["kustomize", folder], { maxBuffer: 64 << 20 });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Fault(
        2,
        "kubectl is not on the PATH; it renders the manifests: https://kubernetes.io/docs/tasks/tools",
      );
    const said = error instanceof Error && "stderr" in error ? `${error.stderr as string}`.trim() : oneLine(error);
    throw new Fault(2, `kubectl kustomize "${folder}" failed: ${said.replaceAll("\n", " ")}`);
  }
}

/** Renders the manifests of a mode with components. */
export async function render(mode: ModeName, components: string[]): Promise<Manifest[]> {
  const overlay = join(root, "overlays", mode);
  const chosen = components.map(componentFolder);
  if (chosen.length === 0) return parse(await kustomize(overlay));
  const folder = await realpath(await mkdtemp(join(tmpdir(), "kustomization-")));
  try {
    // kustomize rejects absolute paths.
    const content = {
      resources: [relative(folder, await realpath(overlay))],
      components: await Promise.all(chosen.map(async (path) => relative(folder, await realpath(path)))),
    };
    await writeFile(join(folder, "kustomization.yaml"), dumpYaml(content));
    return parse(await kustomize(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const parse = (text: string): Manifest[] => loadAllYaml(text).filter((each) => each !== null) as Manifest[];
