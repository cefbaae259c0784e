import type { ImageName } from "./images.js";

/** The images of this repository that the pods of each mode run. */
const modes: Record<string, readonly ImageName[]> = {
  local: ["exporter", "evaluation-client"],
  "object-store": ["exporter", "evaluation-client", "minio"],
};

/** The components of k8s/ that a user can choose, and the images of this repository that each adds. */
const components: Record<string, readonly ImageName[]> = {
  fast: [],
  "flipt-emulator": ["flipt-emulator"],
  "real-s3": [],
  token: [],
};

export const modeNames = Object.keys(modes);
export const componentNames = Object.keys(components);

/** A known mode and known components to add to it. */
export interface Choice {
  mode: string;
  components: string[];
}

function check(what: string, known: string[], name: string): void {
  if (!known.includes(name)) throw new Error(`unknown ${what} "${name}": expected ${known.join(" or ")}`);
}

/**
 * Checks mode and components before anything is built.
 *
 * @throws {Error} for an unknown name
 */
export function choose(mode: string, chosen: string[]): Choice {
  check("mode", modeNames, mode);
  for (const name of chosen) check("component", componentNames, name);
  return { mode, components: chosen };
}

/** Returns the images of this repository that a choice needs. */
export const imagesOf = ({ mode, components: chosen }: Choice): ImageName[] => [
  ...new Set([...(modes[mode] ?? []), ...chosen.flatMap((name) => components[name] ?? [])]),
];

/** Returns a choice as options of `lab` and of `dagger call`. */
export const options = ({ mode, components: chosen }: Choice): string[] => [
  "--mode",
  mode,
  ...chosen.flatMap((name) => ["--component", name]),
];
