import type { Sql } from "./sql.ts";

/** One change: its connection, inside a transaction, and its time. */
export interface Write {
  readonly sql: Sql;
  /** RFC 3339. */
  readonly at: string;
  /** Microseconds; the namespace's version after the change. */
  readonly version: number;
}
