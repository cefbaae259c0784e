/** A file or object of a declarative source, as a listing shows it. */
export interface Entry {
  /** Path below the root, with `/`. */
  name: string;
  /** Changes whenever the content may have changed. */
  stamp: string;
}

export interface SourceFile {
  name: string;
  text: string;
  /** What the ETag of its namespaces is made from; empty where the source has none (an object uploaded in parts). */
  version: string;
}

/** Where a sidecar's documents come from. */
export interface Source {
  readonly storage: "local" | "object";
  /** The index file `.flipt.yml`, if there is one. */
  index(): Promise<SourceFile | undefined>;
  /** All entries in the order of their load. */
  list(): Promise<Entry[]>;
  /** Reads one entry. */
  read(name: string): Promise<SourceFile>;
}

export const indexName = ".flipt.yml";
