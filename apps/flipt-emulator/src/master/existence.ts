import type { Sql } from "./sql.ts";

/** Whether a namespace has a flag of this key. */
export const hasFlag = (sql: Sql, namespaceKey: string, key: string): boolean =>
  sql.get("SELECT 1 FROM flags WHERE namespace_key = ? AND key = ?", namespaceKey, key) !== undefined;

/** Whether a namespace has a segment of this key. */
export const hasSegment = (sql: Sql, namespaceKey: string, key: string): boolean =>
  sql.get("SELECT 1 FROM segments WHERE namespace_key = ? AND key = ?", namespaceKey, key) !== undefined;
