import { rfc3339 } from "./clock.ts";
import type { Sql } from "./sql.ts";

/** `rowid`, written out, is the order of creation everywhere; enum columns have no type, for a number without name is kept as it is. */
const tables = `
CREATE TABLE clock (micros INTEGER NOT NULL);
INSERT INTO clock VALUES (0);
CREATE TABLE namespaces (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL, protected INTEGER NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  version INTEGER
);
CREATE TABLE flags (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  namespace_key TEXT NOT NULL REFERENCES namespaces (key) ON DELETE CASCADE,
  key TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, enabled INTEGER NOT NULL, type NOT NULL,
  metadata TEXT, default_variant_id TEXT REFERENCES variants (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (namespace_key, key)
);
CREATE INDEX flags_default_variant ON flags (default_variant_id);
CREATE TABLE variants (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  namespace_key TEXT NOT NULL, flag_key TEXT NOT NULL,
  key TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, attachment TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (namespace_key, flag_key, key),
  FOREIGN KEY (namespace_key, flag_key) REFERENCES flags (namespace_key, key) ON DELETE CASCADE
);
CREATE TABLE segments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  namespace_key TEXT NOT NULL REFERENCES namespaces (key) ON DELETE CASCADE,
  key TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, match_type NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (namespace_key, key)
);
CREATE TABLE constraints (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  namespace_key TEXT NOT NULL, segment_key TEXT NOT NULL,
  type NOT NULL, property TEXT NOT NULL, operator TEXT NOT NULL, value TEXT NOT NULL, description TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  FOREIGN KEY (namespace_key, segment_key) REFERENCES segments (namespace_key, key) ON DELETE CASCADE
);
CREATE INDEX constraints_segment ON constraints (namespace_key, segment_key);
CREATE TABLE rules (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  namespace_key TEXT NOT NULL, flag_key TEXT NOT NULL,
  rank INTEGER NOT NULL, segment_operator NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  FOREIGN KEY (namespace_key, flag_key) REFERENCES flags (namespace_key, key) ON DELETE CASCADE
);
CREATE INDEX rules_flag ON rules (namespace_key, flag_key);
CREATE TABLE rule_segments (
  rule_id TEXT NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
  namespace_key TEXT NOT NULL, segment_key TEXT NOT NULL,
  PRIMARY KEY (rule_id, segment_key),
  FOREIGN KEY (namespace_key, segment_key) REFERENCES segments (namespace_key, key) ON DELETE CASCADE
);
CREATE INDEX rule_segments_segment ON rule_segments (namespace_key, segment_key);
CREATE TABLE distributions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  rule_id TEXT NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
  variant_id TEXT NOT NULL REFERENCES variants (id) ON DELETE CASCADE,
  rollout REAL NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX distributions_rule ON distributions (rule_id);
CREATE INDEX distributions_variant ON distributions (variant_id);
CREATE TABLE rollouts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  namespace_key TEXT NOT NULL, flag_key TEXT NOT NULL,
  type TEXT NOT NULL, rank INTEGER NOT NULL, description TEXT NOT NULL,
  value INTEGER NOT NULL, percentage REAL NOT NULL, segment_operator NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  FOREIGN KEY (namespace_key, flag_key) REFERENCES flags (namespace_key, key) ON DELETE CASCADE
);
CREATE INDEX rollouts_flag ON rollouts (namespace_key, flag_key);
CREATE TABLE rollout_segments (
  rollout_id TEXT NOT NULL REFERENCES rollouts (id) ON DELETE CASCADE,
  namespace_key TEXT NOT NULL, segment_key TEXT NOT NULL,
  PRIMARY KEY (rollout_id, segment_key),
  FOREIGN KEY (namespace_key, segment_key) REFERENCES segments (namespace_key, key) ON DELETE CASCADE
);
CREATE INDEX rollout_segments_segment ON rollout_segments (namespace_key, segment_key);
`;

const authentications = `
CREATE TABLE authentications (id TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);
`;

/** Makes the namespace that a new database has. */
export const createDefaultNamespace = (sql: Sql): void => {
  const now = rfc3339(Math.floor(Date.now() / 1000) * 1e6);
  // without version: an untouched namespace has no snapshot ETag (recorded)
  sql.run(
    `INSERT INTO namespaces (key, name, description, protected, created_at, updated_at)
     VALUES ('default', 'Default', 'Default namespace', 1, ?, ?)`,
    now,
    now,
  );
};

/** Each step is run once, in this order; a published step is never edited. */
const steps: ((sql: Sql) => void)[] = [
  (sql) => sql.exec(tables),
  createDefaultNamespace,
  (sql) => sql.exec(authentications),
];

/** Brings a database to the newest schema; safe when two processes open it at once. */
export function migrate(sql: Sql): void {
  sql.exec("CREATE TABLE IF NOT EXISTS migrations (step INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)");
  sql.transaction(() => {
    const { done } = sql.get<{ done: number }>("SELECT count(*) AS done FROM migrations") ?? { done: 0 };
    if (done > steps.length) throw new Error(`schema ${done} is newer than this program's ${steps.length}`);
    for (const [index, step] of steps.entries()) {
      if (index < done) continue;
      step(sql);
      sql.run("INSERT INTO migrations VALUES (?, ?)", index + 1, rfc3339(Date.now() * 1000));
    }
  });
}
