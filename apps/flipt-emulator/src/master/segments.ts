import type { MatchType } from "flipt-document";
import { invalid, notFound, quote } from "../fault.ts";
import type { Constraint, Segment } from "../model.ts";
import { readConstraints } from "./constraints.ts";
import { hasSegment } from "./existence.ts";
import { hasNamespace } from "./namespaces.ts";
import type { Sql } from "./sql.ts";
import type { Write } from "./write.ts";

export interface SegmentInput {
  key: string;
  name: string;
  description: string;
  matchType: MatchType;
}

type SegmentRow = Omit<Segment, "constraints" | "namespaceKey">;

const select = `SELECT key, name, description, created_at AS createdAt, updated_at AS updatedAt, match_type AS matchType
  FROM segments WHERE namespace_key = ?`;

/** All segments of a namespace in the order of creation. */
export function readSegments(sql: Sql, namespaceKey: string): Segment[] {
  const constraints = new Map<string, Constraint[]>();
  for (const constraint of readConstraints(sql, namespaceKey)) {
    const group = constraints.get(constraint.segmentKey);
    if (group) group.push(constraint);
    else constraints.set(constraint.segmentKey, [constraint]);
  }
  const rows = sql.all<SegmentRow>(`${select} ORDER BY seq`, namespaceKey);
  return rows.map((row) => toSegment(row, namespaceKey, constraints.get(row.key) ?? []));
}

/** @throws {Fault} 404 */
function readSegment(sql: Sql, namespaceKey: string, key: string): Segment {
  const row = sql.get<SegmentRow>(`${select} AND key = ?`, namespaceKey, key);
  if (!row) throw notFound(`segment ${quote(`${namespaceKey}/${key}`)} not found`);
  return toSegment(row, namespaceKey, readConstraints(sql, namespaceKey, key));
}

const toSegment = (row: SegmentRow, namespaceKey: string, constraints: Constraint[]): Segment => ({
  key: row.key,
  name: row.name,
  description: row.description,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  constraints,
  matchType: row.matchType,
  namespaceKey,
});

/** @throws {Fault} 404 for the namespace, 400 for a key that is taken */
export function createSegment({ sql, at }: Write, namespaceKey: string, segment: SegmentInput): Segment {
  const { key, name, description, matchType } = segment;
  if (!hasNamespace(sql, namespaceKey)) throw notFound(`namespace ${quote(namespaceKey)} not found`);
  if (hasSegment(sql, namespaceKey, key)) throw invalid(`segment ${quote(`${namespaceKey}/${key}`)} is not unique`);
  sql.run(
    `INSERT INTO segments (namespace_key, key, name, description, match_type, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ...[namespaceKey, key, name, description, matchType, at, at],
  );
  return readSegment(sql, namespaceKey, key);
}

/** @throws {Fault} 404 */
export function updateSegment({ sql, at }: Write, namespaceKey: string, segment: SegmentInput): Segment {
  const { key, name, description, matchType } = segment;
  sql.run(
    `UPDATE segments SET name = ?, description = ?, match_type = ?, updated_at = ?
     WHERE namespace_key = ? AND key = ?`,
    ...[name, description, matchType, at, namespaceKey, key],
  );
  return readSegment(sql, namespaceKey, key);
}

/**
 * Deletes a segment, if it is there, with its constraints.
 *
 * @throws {Fault} 400 when a rule or rollout refers to it
 */
export function deleteSegment({ sql }: Write, namespaceKey: string, key: string): void {
  const used = ["rule_segments", "rollout_segments"].some(
    (table) =>
      sql.get(`SELECT 1 FROM ${table} WHERE namespace_key = ? AND segment_key = ?`, namespaceKey, key) !== undefined,
  );
  if (used) throw invalid(`segment ${quote(`${namespaceKey}/${key}`)} is in use`);
  sql.run("DELETE FROM segments WHERE namespace_key = ? AND key = ?", namespaceKey, key);
}
