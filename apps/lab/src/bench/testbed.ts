import type { Endpoint } from "../flipt.ts";
import type { Lab } from "../lab.ts";
import type { Plan, Sample } from "./load.ts";
import type { UsageSource } from "./usage.ts";

/** What a ring gives to measurements: a lab of their own, and what they need around it. */
export interface Testbed extends UsageSource {
  lab: Lab;
  /** Seconds from nothing to the sidecar's first flag. */
  upSeconds: number;
  /** What it runs on, for people. */
  machine: string;
  /** The addresses of the servers, as the load generator reaches them: from where the application runs. */
  servers: Record<Server, Endpoint>;
  /** Carries a plan of the load generator out, in a process of its own. */
  generate(plan: Plan): Promise<Sample[]>;
  /** Brings a document into the master. */
  import(document: string): Promise<void>;
  /** Ends and removes the lab and all that was started beside it. */
  close(): Promise<void>;
}

export const servers = ["sidecar", "master", "empty"] as const;

/** Who is asked: `empty` is an HTTP server that answers as many bytes and does nothing else. */
export type Server = (typeof servers)[number];
