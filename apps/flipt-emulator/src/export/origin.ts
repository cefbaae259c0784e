import type { Namespace } from "../model.ts";
import type { Content } from "./document.ts";

type Soon<Value> = Value | Promise<Value>;

/** Where an export reads: a database, or an instance through its API. */
export interface Origin {
  namespaces(): Soon<readonly Namespace[]>;
  /** @throws {Error} for one that does not exist */
  namespace(key: string): Soon<Namespace>;
  content(namespaceKey: string): Soon<Content>;
  close(): void;
}
