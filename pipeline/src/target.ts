import type { Directory } from "@dagger.io/dagger";
import type { Choice } from "./modes.js";

/** A place where `lab` works: the minikube of this machine, or an existing cluster. */
export interface Target {
  /** The options of `dagger call` that name this place. */
  flags: string;
  /** `kubectl` with the options that name this place. */
  kubectl: string;
  namespace: string;
  /** Whether `dagger call kubeconfig` returns the kubeconfig of this place. */
  hasKubeconfig: boolean;
  /**
   * Runs `lab` and returns what it prints.
   *
   * @throws {Error} one line that says how to get diagnostics
   */
  lab(words: string[], choice?: Choice): Promise<string>;
  /** Removes what a failed verify may have left. */
  cleanUp(choice: Choice): Promise<void>;
  /** Removes what a passed verify has left, unless a lab needs it. Returns what it removed. */
  tidy(): Promise<string>;
  /** Removes what `lab` does not know of. Returns what it removed. */
  remove(): Promise<string>;
  /** Collects diagnostics now and adds what failed runs have kept. */
  diagnostics(): Promise<Directory>;
}

/** The folder in which `lab` runs. It keeps the diagnostics of each failure in a subfolder. */
export const workdir = "/state/runs";

/** The folder for diagnostics of now. It is in the container alone, so that it holds nothing older. */
export const now = "/now";

/** The variable that tells `lab` that Dagger runs it. Its value is the options of `dagger call` that name the cluster. */
export const callerVariable = "LAB_DAGGER";

/** Returns what a user can do about a failed step. */
export const next = (flags: string): string => `to see why: dagger call diagnostics${flags} -o ./diagnostics`;
