import { existsSync } from "node:fs";
import type { Tokens } from "../auth/tokens.ts";
import type { Store, View } from "../model.ts";
import { rfc3339, tick } from "./clock.ts";
import { createDefaultNamespace, migrate } from "./schema.ts";
import { Sql } from "./sql.ts";
import { openTokens } from "./tokens.ts";
import { type CachedStates, readView } from "./view.ts";
import type { Write } from "./write.ts";

/** A master's state in SQLite. */
export interface Database extends Store {
  readonly role: "master";
  readonly storage: "database";
  readonly tokens: Tokens;
  /**
   * Makes one change of one namespace, wholly or not at all, and moves the namespace's version.
   * It is on disk when this returns, unless a batch is open.
   *
   * @throws {Fault} what `change` throws; then nothing has changed
   */
  write<Result>(namespaceKey: string, change: (write: Write) => Result): Result;
  /** Until the batch is committed, changes are collected in one transaction: fast, and lost when the process dies. */
  beginBatch(): void;
  commitBatch(): void;
  /** Removes everything, tokens too (recorded), and makes the `default` namespace anew. */
  reset(): void;
  close(): void;
}

/** The file that a URL names, `file:PATH`, `sqlite://PATH` or `sqlite3:PATH`, or that stands there as a plain path (recorded). */
function pathOf(url: string): string | undefined {
  const path = /^(?:file|sqlite3?):(?:\/\/)?([^?]+)/.exec(url)?.[1] ?? (/[:?]/.test(url) ? undefined : url);
  return url.startsWith("file://") && !path?.startsWith("/") ? undefined : path;
}

const unsupported = (url: string): Error => new Error(`unsupported database "${url}": expected a path, or file:PATH`);

/** Whether an earlier server or import has made the tables; a database that does not exist is not made. */
export function hasSchema(url: string): boolean {
  const path = pathOf(url);
  if (!path) throw unsupported(url);
  if (!existsSync(path)) return false;
  const sql = new Sql(path);
  try {
    return sql.get("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'namespaces'") !== undefined;
  } finally {
    sql.close();
  }
}

/**
 * Opens the database of a URL, makes it when absent, brings its schema up to date.
 *
 * @throws {Error} one line when the URL is not a file's or the file is no database
 */
export function openDatabase(url: string): Database {
  const path = pathOf(url);
  if (!path) throw unsupported(url);
  try {
    const sql = new Sql(path);
    migrate(sql);
    return new SqliteDatabase(sql);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`opening database "${url}": ${error.message}`, { cause: error });
  }
}

class SqliteDatabase implements Database {
  readonly role = "master";
  readonly storage = "database";
  readonly tokens: Tokens;
  readonly #sql: Sql;
  readonly #cache: CachedStates = new Map();
  #view: View | undefined;
  #foreign: number | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.tokens = openTokens(sql);
  }

  view(): View {
    // moves with each commit of another connection only
    const foreign = this.#sql.get<{ data_version: number }>("PRAGMA data_version")?.data_version;
    if (!this.#view || foreign !== this.#foreign) this.#view = readView(this.#sql, this.#cache);
    this.#foreign = foreign;
    return this.#view;
  }

  write<Result>(namespaceKey: string, change: (write: Write) => Result): Result {
    const result = this.#sql.transaction(() => {
      const version = tick(this.#sql);
      const done = change({ sql: this.#sql, at: rfc3339(version), version });
      this.#sql.run("UPDATE namespaces SET version = ? WHERE key = ?", version, namespaceKey);
      return done;
    });
    this.#view = undefined;
    return result;
  }

  beginBatch(): void {
    this.#sql.begin();
  }

  commitBatch(): void {
    this.#sql.commit();
  }

  reset(): void {
    this.#sql.transaction(() => {
      this.#sql.run("DELETE FROM namespaces");
      this.#sql.run("DELETE FROM authentications");
      createDefaultNamespace(this.#sql);
    });
    this.#view = undefined;
  }

  close(): void {
    this.#sql.close();
  }
}
