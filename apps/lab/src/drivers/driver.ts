import type { Testbed } from "../bench/testbed.ts";
import type { Lab } from "../lab.ts";
import type { ModeName } from "../modes.ts";
import type { Screen } from "../report/screen.ts";
import type { Seed } from "../seed.ts";
import type { Step } from "../steps/step.ts";

/** One part of a start, for who shows it. */
export interface Task {
  title: string;
  /**
   * Returns what there is to say of the part.
   *
   * @param news is told how it goes, where that takes long
   */
  run(news: (line: string) => void): Promise<string>;
}

/** Where a lab is looked for; each ring looks at what concerns it. */
export interface Location {
  /** The folder of all state on this machine. */
  dir: string;
  /** The kubeconfig's context; the current one when left out. */
  context?: string;
  namespace: string;
  /** The kubeconfig's path; as kubectl finds it when left out. */
  kubeconfig?: string;
  /** The name of a cluster of its own, for rings that make one. */
  profile: string;
  /** The options by which a command finds this place again, for who is told of it; the ring's usual ones when left out. */
  options?: string;
  /** The same as options of `dagger call`, where Dagger has called us; left out where it has not. */
  dagger?: string;
  /** Whether it is removed when the command ends, so that nobody can look at it then. */
  passing?: boolean;
}

/** What a lab is to be. */
export interface Settings extends Location {
  mode: ModeName;
  /** What a new master starts with; the lab's own when left out. */
  seed?: Seed;
  /** Names in k8s/components, or paths of folders. */
  components: string[];
  /** The address that local processes listen on. */
  host: string;
  /** Seconds between two scheduled exports. */
  exportSeconds: number;
  /** Seconds between two polls of the sidecar; the mode's own when left out. */
  pollSeconds: number | undefined;
  /** The value of `--flipt`. */
  flipt: string | undefined;
  /** Whether ports are any free ones from the start: for a lab that nobody types addresses of. */
  anyPort: boolean;
  /** How much of the machine a cluster of its own gets, for rings that make one: `4g`, and a number of processors. */
  memory: string;
  cpus: number;
  /** The folder of what is known when the command fails. It is made anew then: its name is the lab's, and says what failed. */
  evidence: string;
}

/** What the surroundings of a command are. */
export interface Runtime {
  env: NodeJS.ProcessEnv;
  screen: Screen;
  signal: AbortSignal;
}

/** A lab while a command uses it. */
export interface Session {
  lab: Lab;
  /** Writes what only this ring knows about the lab's state into a folder. */
  keepEvidence(folder: string): Promise<void>;
  /** Gives back what the command took: ends forwards, or a lab that was started for it. */
  close(): Promise<void>;
}

/** A ring: one kind of place that a lab runs in. */
export interface Driver {
  /** Facts that can only be proved in this ring. */
  readonly steps: Step[];
  /**
   * Starts a lab, or finds the one that runs.
   *
   * @param demo whether one change is shown travelling, where the ring stays to show it
   * @throws {Fault} with what is to blame
   */
  up(settings: Settings, demo: boolean, surroundings: Runtime): Promise<void>;
  /**
   * The lab that runs.
   *
   * @throws {Fault} when none does
   */
  find(place: Location, surroundings: Runtime): Promise<Session>;
  /**
   * A lab of the wanted mode to verify: the running one, or one of its own where the ring can.
   *
   * @throws {Fault} when there is none to be had
   */
  open(settings: Settings, surroundings: Runtime): Promise<Session>;
  /**
   * A lab of its own to measure, and what measurements need around it; absent in a ring that measures nothing.
   *
   * @throws {Fault} when there is none to be had
   */
  openTestbed?(settings: Settings, surroundings: Runtime): Promise<Testbed>;
  /**
   * Ends the lab, also a crashed one, and removes its state.
   *
   * @param keep leaves the state for the next start
   */
  down(place: Location, keep: boolean, surroundings: Runtime): Promise<void>;
  /**
   * Writes what this ring knows about a place into a folder, also where no lab runs or only a part of one.
   *
   * @throws {Fault} when there is no place to look at; what was found before is in the folder
   */
  diagnose(place: Location, folder: string, surroundings: Runtime): Promise<void>;
}

/** A ring's own cluster, without the lab in it. */
export interface ClusterDriver {
  /** Starts the cluster, or finds it running. */
  start(settings: Settings, surroundings: Runtime): Promise<void>;
  /** Brings the images of a mode into the cluster, those that this machine has. */
  load(settings: Settings, surroundings: Runtime): Promise<void>;
  /** The kubeconfig of the cluster as one file. */
  kubeconfig(place: Location, surroundings: Runtime): Promise<string>;
  /** Removes the cluster, also a half-started one, and all that came with it. */
  remove(place: Location, surroundings: Runtime): Promise<void>;
}
