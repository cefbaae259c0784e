import { invalid, notFound, quote } from "../fault.ts";
import type { Namespace } from "../model.ts";
import type { Sql } from "./sql.ts";
import type { Write } from "./write.ts";

export interface NamespaceRow {
  seq: number;
  key: string;
  name: string;
  description: string;
  protected: number;
  createdAt: string;
  updatedAt: string;
  version: number | null;
}

export interface NamespaceInput {
  key: string;
  name: string;
  description: string;
}

const select = `SELECT seq, key, name, description, protected, created_at AS createdAt, updated_at AS updatedAt, version
  FROM namespaces`;

export const readNamespaceRows = (sql: Sql): NamespaceRow[] => sql.all<NamespaceRow>(`${select} ORDER BY seq`);

export const toNamespace = (row: NamespaceRow): Namespace => ({
  key: row.key,
  name: row.name,
  description: row.description,
  protected: row.protected === 1,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const hasNamespace = (sql: Sql, key: string): boolean =>
  sql.get("SELECT 1 FROM namespaces WHERE key = ?", key) !== undefined;

/** @throws {Fault} 404 */
function readNamespace(sql: Sql, key: string): Namespace {
  const row = sql.get<NamespaceRow>(`${select} WHERE key = ?`, key);
  if (!row) throw notFound(`namespace ${quote(key)} not found`);
  return toNamespace(row);
}

/** @throws {Fault} 400 for a key that is taken */
export function createNamespace({ sql, at, version }: Write, { key, name, description }: NamespaceInput): Namespace {
  if (hasNamespace(sql, key)) throw invalid(`namespace ${quote(key)} is not unique`);
  sql.run(
    `INSERT INTO namespaces (key, name, description, protected, created_at, updated_at, version)
     VALUES (?, ?, ?, 0, ?, ?, ?)`,
    ...[key, name, description, at, at, version],
  );
  return readNamespace(sql, key);
}

/** @throws {Fault} 404 */
export function updateNamespace({ sql, at }: Write, { key, name, description }: NamespaceInput): Namespace {
  sql.run("UPDATE namespaces SET name = ?, description = ?, updated_at = ? WHERE key = ?", name, description, at, key);
  return readNamespace(sql, key);
}

/** Deletes a namespace with everything in it. */
export function deleteNamespace({ sql }: Write, key: string): void {
  sql.run("DELETE FROM namespaces WHERE key = ?", key);
}
