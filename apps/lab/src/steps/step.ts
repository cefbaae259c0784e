import type { Capability } from "../lab.ts";
import type { ModeName } from "../modes.ts";
import type { Verification } from "./verification.ts";

/** What a step belongs to; the order here is the order of running. */
export const groups = [
  "replication",
  "locality",
  "read-only",
  "durability",
  "publication",
  "application",
  "access",
] as const;
/** `cluster` holds what only a cluster can show; its steps come from the ring. */
export type Group = (typeof groups)[number] | "cluster";

/** One fact and how it is proved. */
export interface Step {
  group: Group;
  /** States the fact. */
  title: string;
  /** Only in these modes; in all when left out. */
  modes?: readonly ModeName[];
  /** Without it the step is not provable. */
  needs?: Capability;
  /** Seconds until the step has failed. */
  seconds(intervals: { export: number; poll: number }): number;
  /** Throws when the fact is false. May return what was measured. */
  run(proof: Verification): Promise<string | undefined>;
}

/** A step may take two polls of the sidecar and this many seconds. */
export const polls =
  (seconds: number) =>
  ({ poll }: { poll: number }): number =>
    2 * poll + seconds;
