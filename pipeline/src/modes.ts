import type { ImageName } from "./images.js";

/** The images of ours that each mode's pods run. */
const modes: Record<string, readonly ImageName[]> = {
  local: ["exporter", "evaluation-client"],
  "object-store": ["exporter", "evaluation-client", "minio"],
};

/** The components of k8s/ that can be chosen, and the images of ours that each adds. */
const components: Record<string, readonly ImageName[]> = {
  fast: [],
  "flipt-emulator": ["flipt-emulator"],
  "real-s3": [],
  token: [],
};

export const modeNames = Object.keys(modes);
export const componentNames = Object.keys(components);

/** A mode and the components that are added to it, both known. */
export interface Choice {
  mode: string;
  components: string[];
}

function check(what: string, known: string[], name: string): void {
  if (!known.includes(name)) throw new Error(`unknown ${what} "${name}": expected ${known.join(" or ")}`);
}

/**
 * Checks what was asked for, before anything is built.
 *
 * @throws {Error} for a name that is none
 */
export function choose(mode: string, chosen: string[]): Choice {
  check("mode", modeNames, mode);
  for (const name of chosen) check("component", componentNames, name);
  return { mode, components: chosen };
}

/** The images of ours that a choice needs. */
export const imagesOf = ({ mode, components: chosen }: Choice): ImageName[] => [
  ...new Set([...(modes[mode] ?? []), ...chosen.flatMap((name) => components[name] ?? [])]),
];

/** A choice as the options of `lab` and of `dagger call`. */
export const options = ({ mode, components: chosen }: Choice): string[] => [
  "--mode",
  mode,
  ...chosen.flatMap((name) => ["--component", name]),
];
