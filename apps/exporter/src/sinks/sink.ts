/** What is published now, without its bytes. */
export interface Mark {
  /** In bytes. */
  size: number;
  /** Of the bytes, hex. */
  md5: string;
  /** The ETag that a sidecar answers once it has loaded this. */
  etag: string;
  /** What the run that wrote it left for the next one. */
  hint: string | undefined;
}

export interface Publication extends Mark {
  bytes: Buffer;
  /** Tells this publication from any other, for the sink alone. */
  tag: string;
}

/** `hidden`: the store says neither what is there nor whether anything is. */
export type Current = Publication | "absent" | "hidden";

export interface Written {
  /** False when the place cannot refuse a write that is too late. */
  conditional: boolean;
}

/** A place for one publication. Every method throws a Stop that names the place, or the reason of the signal that ends the run. */
export interface Sink {
  /** What is published, by the cheapest question; `unknown` where only a read can tell. */
  look(): Promise<Mark | "unknown">;
  read(): Promise<Current>;
  /** Replaces `current` at once and as a whole, or refuses (gate `alone`) when something else is there. */
  write(bytes: Buffer, hint: string, current: Current): Promise<Written>;
  /** Renews the hint of a publication that stays; a sink that cannot do so without writing it lacks this. */
  remember?(hint: string): Promise<void>;
}
