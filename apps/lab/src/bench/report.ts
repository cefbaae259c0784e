import type { ModeName } from "../modes.ts";
import type { Cost } from "./cost.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Propagation } from "./propagation.ts";
import type { Consumption } from "./usage.ts";

/** All that was measured in one lab. What was not asked for is absent. */
export interface Report {
  /** The day. */
  date: string;
  ring: string;
  mode: ModeName;
  programs: { flipt: string; store: string };
  machine: string;
  generator: string;
  /** How often each evaluation was measured, and for how many seconds. */
  runs: number;
  seconds: number;
  /** From nothing to a lab whose application has an answer. */
  upSeconds: number;
  evaluation?: Evaluation[];
  propagation?: Propagation;
  cost?: Cost[];
  usage?: Usages;
}

/** What the parts took while nobody asked, and under the load of all evaluations. */
export interface Usages {
  idle: Consumption[];
  busy: Consumption[];
}
