import { openDatabase } from "../master/database.ts";
import { readArguments } from "./arguments.ts";

const options = { config: { type: "string" }, database: { type: "string" } } as const;

/**
 * `migrate`: makes the database, or brings its schema up to date.
 *
 * @param databaseOf the database's URL, by the configuration file that is named
 * @throws {Error} one line
 */
export function runMigrate(args: string[], databaseOf: (config: string | undefined) => string): number {
  const { config, database } = readArguments(args, options).values;
  const url = databaseOf(config);
  if (database === "analytics") throw new Error("opening db: no analytics db provided");
  openDatabase(url).close();
  return 0;
}
