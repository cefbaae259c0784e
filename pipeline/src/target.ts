import type { Directory } from "@dagger.io/dagger";
import type { Choice } from "./modes.js";

/** Somewhere the program `lab` runs: the minikube of this machine, or a cluster that is there already. */
export interface Target {
  /** What names this place: as options of `dagger call`, and of `kubectl` once the kubeconfig is at hand. */
  flags: string;
  kubectl: string;
  namespace: string;
  /** Whether `dagger call kubeconfig` hands out its kubeconfig. */
  hasKubeconfig: boolean;
  /**
   * Runs `lab` and returns what it prints.
   *
   * @throws {Error} in one line, with where its diagnostics are
   */
  lab(words: string[], choice?: Choice): Promise<string>;
  /** Removes what a verify that failed may have left. */
  cleanUp(choice: Choice): Promise<void>;
  /** Removes what a verify that passed has left where no lab needs it, and says what that was. */
  tidy(): Promise<string>;
  /** Removes what `lab` itself does not know of, and says what that was. */
  remove(): Promise<string>;
  /** What is known now, and what failed runs have kept. */
  diagnostics(): Promise<Directory>;
}

/** The folder in which `lab` runs, and so leaves what it knows about a failure, in a folder named after what failed. */
export const workdir = "/state/runs";

/** Where `lab` collects what is known now: in the container alone, so that nothing of an earlier time is among it. */
export const now = "/now";

/** The variable by which `lab` knows that Dagger has called it: the options of `dagger call` that name the cluster. */
export const callerVariable = "LAB_DAGGER";

/** What a user does about a step that failed. */
export const next = (flags: string): string => `to see why: dagger call diagnostics${flags} -o ./diagnostics`;
