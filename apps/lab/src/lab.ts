import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { Endpoint } from "./flipt.ts";
import type { ModeName } from "./modes.ts";

/** What runs in a lab and has a log. `store` is the bucket's server, or the volume in mode local. */
export const parts = ["flipt-master", "flipt-sidecar", "evaluation-client", "flipt-exporter", "store"] as const;
export type Part = (typeof parts)[number];

/** A part that can be stopped and started again. */
export type Stoppable = Exclude<Part, "flipt-exporter">;

/** What a ring may be unable to show. */
export type Capability =
  /** Stopping the store while the sidecar runs. */
  | "stop-store"
  /** The application asking the master, beside its sidecar. */
  | "comparison"
  /** Sending one export through a server of ours. */
  | "intercept"
  /** A store that knows users and their rights. */
  | "access-rights"
  /** A store of the lab's own with users, in which a write that should be refused and is not does no harm. */
  | "forbidden-writes";

export interface Addresses {
  master: Endpoint;
  sidecar: string;
  application: string;
  store?: string;
}

export interface ExportRequest {
  allowEmpty?: boolean;
  allowShrink?: boolean;
  allowGrowth?: boolean;
  /** Further settings of the exporter, for this run only. */
  env?: Record<string, string>;
}

/** One run of the exporter, as its own log line tells it. */
export interface ExportRun {
  /** Milliseconds since 1970. */
  started: number;
  ended: number;
  /** Whether the schedule started it. */
  scheduled: boolean;
  /** 0 published or unchanged, 1 refused, 2 configuration or rights, 3 unreachable. */
  exit: number;
  /** The line for people. */
  line: string;
  /** The JSON log line; empty when the run died before it. */
  log: Record<string, unknown>;
}

/** The object or file that the sidecar reads. */
export interface Publication {
  bytes: Buffer;
  /** Milliseconds since 1970. */
  modified: number;
  /** The snapshot ETag of a sidecar that has loaded it. */
  revision: string;
}

export type StoreUser = "exporter" | "sidecar";

/** A way to the published object of a bucket, as one user of the store. */
export interface StoreAccess {
  config: S3ClientConfig;
  bucket: string;
  key: string;
}

/** A running lab, whatever it runs on. */
export interface Lab {
  readonly ring: string;
  readonly mode: ModeName;
  readonly addresses: Addresses;
  /** What people find master, sidecar and application by, where the addresses end with the command. */
  readonly services?: Record<"master" | "sidecar" | "application", string>;
  /** Seconds between two scheduled exports, and between two polls of the sidecar. */
  readonly intervals: { export: number; poll: number };
  /** Short descriptions: which Flipt, which store. */
  readonly programs: { flipt: string; store: string };
  /** Where its state lies, for people. */
  readonly state: string;
  /** Why a capability is lacking; undefined when it is there. */
  lacks(capability: Capability): string | undefined;
  /** Runs the exporter now and waits for its end. */
  export(request?: ExportRequest): Promise<ExportRun>;
  /** The runs so far, oldest first; at most the last hundred. */
  exports(): Promise<ExportRun[]>;
  /** When the schedule starts the exporter next, in milliseconds since 1970. */
  nextExport(): Promise<number>;
  stop(part: Stoppable): Promise<void>;
  start(part: Stoppable): Promise<void>;
  logs(part: Part): Promise<string>;
  publication(): Promise<Publication | undefined>;
  /** How to reach the store as one of its users; only with the capability `access-rights`. */
  storeAccess(user: StoreUser): StoreAccess;
}
