import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import { repository } from "../../testing/process.ts";
import type { Manifest } from "./manifest.ts";

export const modes = ["local", "object-store"] as const;
export type ModeName = (typeof modes)[number];
export type ComponentName = "fast" | "flipt-emulator" | "real-s3" | "token";

/** A mode with the components that somebody chose. */
export interface Combination {
  mode: ModeName;
  components: ComponentName[];
}

const offered: Record<ModeName, ComponentName[]> = {
  local: ["fast", "flipt-emulator", "token"],
  "object-store": ["fast", "flipt-emulator", "real-s3", "token"],
};

function subsets<T>([first, ...rest]: T[]): T[][] {
  if (first === undefined) return [[]];
  const without = subsets(rest);
  return [...without, ...without.map((set) => [first, ...set])];
}

/** Everything that can be chosen. */
export const combinations: Combination[] = modes.flatMap((mode) =>
  subsets(offered[mode]).map((components) => ({ mode, components })),
);

export const title = ({ mode, components }: Combination): string => [mode, ...components].join(" + ");

/** Why nothing can be rendered on this machine; undefined when it can. */
export const lacking: string | undefined =
  spawnSync("kubectl", ["version", "--client"]).status === 0
    ? undefined
    : "kubectl is not on PATH: the manifests are not rendered";

/** @throws {Error} with what kubectl says */
function kustomize(folder: string): string {
  const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${stderr.trim()}`);
  return stdout;
}

/** The text that is applied: of the overlay itself, or of a kustomization that adds components to it. */
export const renderText = ({ mode, components }: Combination): string =>
  renderFolders(
    mode,
    components.map((name) => repository(`k8s/components/${name}`)),
  );

/** The text of a mode with components that lie anywhere. */
function renderFolders(mode: ModeName, components: string[]): string {
  const overlay = repository(`k8s/overlays/${mode}`);
  if (components.length === 0) return kustomize(overlay);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "k8s-")));
  const from = (path: string) => relative(folder, path);
  try {
    const kustomization = {
      resources: [from(overlay)],
      components: components.map(from),
    };
    writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
    return kustomize(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const parse = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS());

/** The objects of a kustomization in this repository. */
export const renderFolder = (path: string): Manifest[] => parse(kustomize(repository(path)));

/** The objects of mode object-store with a bucket elsewhere, named in a component of the user's own. */
export function renderOwnBucket(data: Record<string, string | number>): Manifest[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "bucket-")));
  const metadata = { name: "s3", annotations: { "config.kubernetes.io/local-config": "true" } };
  const component = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    resources: ["s3.yaml"],
    components: [relative(folder, repository("k8s/components/real-s3/elsewhere"))],
  };
  try {
    writeFileSync(join(folder, "s3.yaml"), JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data }));
    writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(component));
    return parse(renderFolders("object-store", [folder]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const rendered = new Map<string, Manifest[]>();

/** The objects that are applied; each combination is rendered once. Nobody may change them. */
export function render(combination: Combination): Manifest[] {
  const key = title(combination);
  const known = rendered.get(key);
  if (known) return known;
  const objects = parse(renderText(combination));
  rendered.set(key, objects);
  return objects;
}
