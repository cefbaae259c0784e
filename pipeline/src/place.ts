import type { Directory } from "@dagger.io/dagger";
import type { Choice } from "./modes.js";

/** Somewhere the program `lab` runs: the minikube of this machine, or a cluster that is there already. */
export interface Place {
  /** The options of `dagger call` that name this place. */
  flags: string;
  /**
   * Runs `lab` and returns what it prints.
   *
   * @throws {Error} in one line, with where its diagnostics are
   */
  lab(words: string[], choice?: Choice): Promise<string>;
  /** Makes the cluster ready for a choice. */
  prepare(choice: Choice): Promise<void>;
  /** Removes what a verify that failed may have left. */
  cleanUp(choice: Choice): Promise<void>;
  /** Removes what `lab` itself does not know of, and says what that was. */
  remove(): Promise<string>;
  /** What is known now, and what failed runs have kept. */
  diagnostics(): Promise<Directory>;
}

/** The toolbox's folder of all that is known about failures. */
export const runs = "/state/runs";

/** What `lab` collects when it is asked for what is known now. */
export const now = `${runs}/now`;

/** The folder in which `lab` runs, and so leaves what it knows about a failure: of each mode its own. */
export const workdir = (choice?: Choice): string => `${runs}/${choice?.mode ?? "cluster"}`;

/** What a user does about a step that failed. */
export const next = (flags: string): string => `to see why: dagger call diagnostics${flags} -o ./diagnostics`;
