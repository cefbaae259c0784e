import { randomUUID } from "node:crypto";
import type { ComparisonType } from "flipt-document";
import { notFound, quote } from "../fault.ts";
import type { Constraint } from "../model.ts";
import { hasSegment } from "./existence.ts";
import type { Sql } from "./sql.ts";
import type { Write } from "./write.ts";

export interface ConstraintInput {
  type: ComparisonType;
  property: string;
  operator: string;
  value: string;
  description: string;
}

const select = `SELECT id, segment_key AS segmentKey, type, property, operator, value, created_at AS createdAt,
  updated_at AS updatedAt, namespace_key AS namespaceKey, description FROM constraints WHERE namespace_key = ?`;

/** The constraints of one segment, or of all segments, in the order of creation. */
export function readConstraints(sql: Sql, namespaceKey: string, segmentKey?: string): Constraint[] {
  if (segmentKey === undefined) return sql.all<Constraint>(`${select} ORDER BY seq`, namespaceKey);
  return sql.all<Constraint>(`${select} AND segment_key = ? ORDER BY seq`, namespaceKey, segmentKey);
}

const readConstraint = (sql: Sql, namespaceKey: string, segmentKey: string, id: string): Constraint => {
  const row = sql.get<Constraint>(`${select} AND segment_key = ? AND id = ?`, namespaceKey, segmentKey, id);
  if (!row) throw notFound(`constraint ${quote(id)} not found`);
  return row;
};

/** @throws {Fault} 404 for the segment */
export function createConstraint(
  { sql, at }: Write,
  namespaceKey: string,
  segmentKey: string,
  { type, property, operator, value, description }: ConstraintInput,
): Constraint {
  if (!hasSegment(sql, namespaceKey, segmentKey)) throw notFound(`segment "${namespaceKey}/${segmentKey}" not found`);
  const id = randomUUID();
  sql.run(
    `INSERT INTO constraints
     (id, namespace_key, segment_key, type, property, operator, value, description, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, namespaceKey, segmentKey, type, property, operator, value, description, at, at],
  );
  return readConstraint(sql, namespaceKey, segmentKey, id);
}

/** @throws {Fault} 404 */
export function updateConstraint(
  { sql, at }: Write,
  namespaceKey: string,
  segmentKey: string,
  id: string,
  { type, property, operator, value, description }: ConstraintInput,
): Constraint {
  sql.run(
    `UPDATE constraints SET type = ?, property = ?, operator = ?, value = ?, description = ?, updated_at = ?
     WHERE namespace_key = ? AND segment_key = ? AND id = ?`,
    ...[type, property, operator, value, description, at, namespaceKey, segmentKey, id],
  );
  return readConstraint(sql, namespaceKey, segmentKey, id);
}

/** Deletes a constraint, if it is there. */
export function deleteConstraint({ sql }: Write, namespaceKey: string, segmentKey: string, id: string): void {
  sql.run(
    "DELETE FROM constraints WHERE namespace_key = ? AND segment_key = ? AND id = ?",
    namespaceKey,
    segmentKey,
    id,
  );
}
