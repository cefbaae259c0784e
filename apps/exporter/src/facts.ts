/** Found by the first look at the master. */
export interface SeenFacts {
  namespaces: number;
  /** The master's snapshot ETags, by namespace; null for a namespace that was never written to. */
  revisions: Record<string, string | null>;
}

/** Found by the read of the master's state. */
export interface ReadFacts extends SeenFacts {
  /** How often the whole state was read. */
  reads: number;
  flags: number;
}

/** Found in the sink: what is published at the end of the run. */
export interface PublishedFacts extends ReadFacts {
  bytes: number;
  md5: string;
  /** What a sidecar answers once it serves this publication. */
  etag: string;
}
