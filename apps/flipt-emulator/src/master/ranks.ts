import type { Write } from "./write.ts";

type Table = "rules" | "rollouts";

/** Gives the n-th id rank n; ids that the flag has not are passed over, others keep their rank. */
export function order({ sql, at }: Write, table: Table, namespaceKey: string, flagKey: string, ids: string[]): void {
  for (const [index, id] of ids.entries()) {
    sql.run(
      `UPDATE ${table} SET rank = ?, updated_at = ? WHERE id = ? AND namespace_key = ? AND flag_key = ?`,
      ...[index + 1, at, id, namespaceKey, flagKey],
    );
  }
}

/** Deletes one, if it is there, and numbers those of the flag from 1 either way. */
export function remove({ sql, at }: Write, table: Table, namespaceKey: string, flagKey: string, id: string): void {
  sql.run(`DELETE FROM ${table} WHERE id = ? AND namespace_key = ? AND flag_key = ?`, id, namespaceKey, flagKey);
  const rest = sql.all<{ seq: number; rank: number }>(
    `SELECT seq, rank FROM ${table} WHERE namespace_key = ? AND flag_key = ? ORDER BY rank, seq`,
    ...[namespaceKey, flagKey],
  );
  for (const [index, { seq, rank }] of rest.entries()) {
    if (rank !== index + 1) sql.run(`UPDATE ${table} SET rank = ?, updated_at = ? WHERE seq = ?`, index + 1, at, seq);
  }
}
