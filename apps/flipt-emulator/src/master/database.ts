import type { Store } from "../model.ts";

/** A master's state in SQLite. */
export interface Database extends Store {
  readonly role: "master";
  readonly storage: "database";
  close(): void;
}

/** Opens the database of a `file:PATH` URL, makes it when absent. */
export function openDatabase(url: string): Database {
  throw new Error(`cannot open database "${url}"`);
}
