import type { Testbed } from "../bench/testbed.ts";
import type { Lab } from "../lab.ts";
import type { ModeName } from "../modes.ts";
import type { Screen } from "../report/screen.ts";
import type { Seed } from "../seed.ts";
import type { Step } from "../steps/step.ts";

/** One step of a start, as the progress display shows it. */
export interface Task {
  title: string;
  /**
   * Runs the task and returns its result in one line.
   *
   * @param news receives progress lines while the task takes long
   */
  run(news: (line: string) => void): Promise<string>;
}

/** Where a lab is. Each ring reads only the fields that concern it. */
export interface Location {
  /** The state folder on this machine. */
  dir: string;
  /** The context in the kubeconfig. Default: the current one. */
  context?: string;
  namespace: string;
  /** The path of the kubeconfig. Default: the files that kubectl reads. */
  kubeconfig?: string;
  /** The name of the cluster, for rings that create one. */
  profile: string;
  /** The command-line options that find this location again, for hints. Default: the ring's usual ones. */
  options?: string;
  /** The same as options of `dagger call`. Set only when Dagger runs the lab. */
  dagger?: string;
  /** Whether the lab is removed when the command ends, so that nobody can inspect it afterwards. */
  passing?: boolean;
}

/** The settings of a lab to bring up. */
export interface Settings extends Location {
  mode: ModeName;
  /** The flags that a new master starts with. Default: the lab's own seed. */
  seed?: Seed;
  /** Names in k8s/components, or paths of folders. */
  components: string[];
  /** The address that local processes listen on. */
  host: string;
  /** Seconds between two scheduled exports. */
  exportSeconds: number;
  /** Seconds between two polls of the sidecar. Default: the mode's own interval. */
  pollSeconds: number | undefined;
  /** The value of `--flipt`. */
  flipt: string | undefined;
  /** Whether to take any free ports instead of the usual ones: for a lab whose addresses nobody types. */
  anyPort: boolean;
  /** The size of the cluster, for rings that create one: memory such as `4g`, and a number of CPUs. */
  memory: string;
  cpus: number;
  /** The folder for the evidence of a failed command. It is emptied first; its name is the lab's and says what failed. */
  evidence: string;
}

/** What a command gets from its process. */
export interface Runtime {
  env: NodeJS.ProcessEnv;
  screen: Screen;
  signal: AbortSignal;
}

/** A lab for the duration of one command. */
export interface Session {
  lab: Lab;
  /** Writes the evidence that only this ring has of the lab's state into a folder. */
  keepEvidence(folder: string): Promise<void>;
  /** Releases what the command took: closes port-forwards, or removes a lab that was started for it. */
  close(): Promise<void>;
}

/** Drives one ring. A ring is a kind of environment that a lab runs in. */
export interface Driver {
  /** Verification steps that only this ring can run. */
  readonly steps: Step[];
  /**
   * Starts a lab, or finds the running one.
   *
   * @param demo whether to demonstrate one flag change, in a ring whose command stays in the foreground
   * @throws {Fault} that names the cause
   */
  up(settings: Settings, demo: boolean, surroundings: Runtime): Promise<void>;
  /**
   * Finds the running lab.
   *
   * @throws {Fault} when no lab runs
   */
  find(place: Location, surroundings: Runtime): Promise<Session>;
  /**
   * Returns a lab of the wanted mode to verify: the running one, else a throwaway one.
   *
   * @throws {Fault} when neither is available
   */
  open(settings: Settings, surroundings: Runtime): Promise<Session>;
  /**
   * Starts a throwaway lab and the testbed around it. Absent in a ring that measures nothing.
   *
   * @throws {Fault} when the testbed cannot be started
   */
  openTestbed?(settings: Settings, surroundings: Runtime): Promise<Testbed>;
  /**
   * Stops the lab, even a crashed one, and removes its state.
   *
   * @param keep keeps the state for the next start
   */
  down(place: Location, keep: boolean, surroundings: Runtime): Promise<void>;
  /**
   * Writes what this ring knows about a location into a folder, even when no lab or only a part of one runs there.
   *
   * @throws {Fault} when the location does not exist; the folder then holds what was found before
   */
  diagnose(place: Location, folder: string, surroundings: Runtime): Promise<void>;
}

/** Manages a ring's own cluster, without the lab in it. */
export interface ClusterDriver {
  /** Starts the cluster, or finds it running. */
  start(settings: Settings, surroundings: Runtime): Promise<void>;
  /** Loads a mode's images into the cluster, as far as this machine has them. */
  load(settings: Settings, surroundings: Runtime): Promise<void>;
  /** Returns the cluster's kubeconfig as one self-contained file. */
  kubeconfig(place: Location, surroundings: Runtime): Promise<string>;
  /** Removes the cluster, even a half-started one, and everything that came with it. */
  remove(place: Location, surroundings: Runtime): Promise<void>;
}
