import Connection, { type Database, type Statement } from "libsql";

export type Value = string | number | null;

// the driver reads a text up to its first U+0000, so that one is kept as two other characters
const encode = (value: Value): Value =>
  typeof value === "string" ? value.replaceAll("\x01", "\x01o").replaceAll("\0", "\x01z") : value;

function decode(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "string" && value.includes("\x01"))
      row[name] = value.replaceAll("\x01z", "\0").replaceAll("\x01o", "\x01");
  }
  return row;
}

/** One connection to SQLite: prepared statements are kept, transactions may nest. */
export class Sql {
  readonly #connection: Database;
  readonly #statements = new Map<string, Statement>();
  #depth = 0;

  /** @param file path of the database, made when absent; its folder must exist */
  constructor(file: string) {
    this.#connection = new Connection(file, { timeout: 5000 });
    this.#connection.pragma("journal_mode = WAL");
    // with FULL a commit returns after the fsync of the log: an acknowledged write outlives kill -9 and a power cut
    this.#connection.pragma("synchronous = FULL");
    this.#connection.pragma("foreign_keys = ON");
  }

  all<Row>(text: string, ...values: Value[]): Row[] {
    return (this.#prepare(text).all(values.map(encode)) as Record<string, unknown>[]).map(decode) as Row[];
  }

  get<Row>(text: string, ...values: Value[]): Row | undefined {
    return this.all<Row>(text, ...values)[0];
  }

  /** Returns how many rows changed. */
  run(text: string, ...values: Value[]): number {
    return this.#prepare(text).run(values.map(encode)).changes;
  }

  exec(text: string): void {
    this.#connection.exec(text);
  }

  /** Keeps all that `work` writes, or nothing when it throws. */
  transaction<Result>(work: () => Result): Result {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** Lets `work` read one state, whatever other connections commit meanwhile. */
  snapshot<Result>(work: () => Result): Result {
    if (this.#depth > 0) return work();
    this.exec("BEGIN");
    try {
      return work();
    } finally {
      this.exec("COMMIT");
    }
  }

  begin(): void {
    this.exec(this.#depth === 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT inner");
    this.#depth += 1;
  }

  commit(): void {
    this.exec(this.#depth === 1 ? "COMMIT" : "RELEASE inner");
    this.#depth -= 1;
  }

  #rollback(): void {
    this.#depth -= 1;
    // SQLite itself rolls back when the disk is full
    if (this.#connection.inTransaction) this.exec(this.#depth === 0 ? "ROLLBACK" : "ROLLBACK TO inner; RELEASE inner");
  }

  close(): void {
    this.#connection.close();
  }

  #prepare(text: string): Statement {
    const kept = this.#statements.get(text);
    if (kept) return kept;
    const statement = this.#connection.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }
}
