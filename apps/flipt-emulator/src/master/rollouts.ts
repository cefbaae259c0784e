import { randomUUID } from "node:crypto";
import type { SegmentOperator } from "flipt-document";
import { Fault, invalid, notFound } from "../fault.ts";
import type { Rollout } from "../model.ts";
import { byBytes } from "../order.ts";
import { hasFlag } from "./existence.ts";
import { order, remove } from "./ranks.ts";
import {
  chosenKeys,
  chosenOperator,
  hasSegments,
  readChosenKeys,
  readOwnKeys,
  type SegmentChoice,
  toChoice,
  writeOwnKeys,
} from "./segment-choice.ts";
import type { Sql } from "./sql.ts";
import type { Write } from "./write.ts";

/** What a rollout decides by: exactly one of the two is there. */
export interface RolloutRule {
  segment?: (SegmentChoice & { value: boolean }) | undefined;
  /** `percentage` is a decimal that a 32 bit float prints. */
  threshold?: { percentage: number; value: boolean } | undefined;
}

export interface RolloutInput extends RolloutRule {
  rank: number;
  description: string;
}

export interface RolloutUpdate extends RolloutRule {
  description: string;
}

interface RolloutRow {
  id: string;
  namespaceKey: string;
  flagKey: string;
  type: Rollout["type"];
  rank: number;
  description: string;
  createdAt: string;
  updatedAt: string;
  value: number;
  percentage: number;
  segmentOperator: SegmentOperator;
}

const select = `SELECT id, namespace_key AS namespaceKey, flag_key AS flagKey, type, rank, description,
  created_at AS createdAt, updated_at AS updatedAt, value, percentage, segment_operator AS segmentOperator
  FROM rollouts WHERE namespace_key = ?`;

/** All rollouts of a namespace by rank. */
export function readRollouts(sql: Sql, namespaceKey: string): Rollout[] {
  const keys = readChosenKeys(sql, "rollout", namespaceKey);
  const rows = sql.all<RolloutRow>(`${select} ORDER BY rank, seq`, namespaceKey);
  const segmented = new Map<string, number>();
  for (const { id, flagKey } of rows) if (keys.has(id)) segmented.set(flagKey, (segmented.get(flagKey) ?? 0) + 1);
  return rows.map((row) => {
    const own = keys.get(row.id) ?? [];
    // recorded: as they were given, but in alphabetical order where no other rollout of the flag has segments
    return toRollout(row, segmented.get(row.flagKey) === 1 ? [...own].sort(byBytes) : own);
  });
}

function toRollout(row: RolloutRow, keys: string[]): Rollout {
  const { id, namespaceKey, flagKey, type, rank, description, createdAt, updatedAt, percentage } = row;
  const rollout: Rollout = { id, namespaceKey, flagKey, type, rank, description, createdAt, updatedAt };
  const value = row.value === 1;
  if (type === "THRESHOLD_ROLLOUT_TYPE") return { ...rollout, threshold: { percentage, value } };
  // recorded: one whose segments are gone has neither
  if (keys.length === 0) return rollout;
  const { segmentKey, segmentKeys, segmentOperator } = toChoice(keys, row.segmentOperator);
  return { ...rollout, segment: { segmentKey, value, segmentKeys, segmentOperator } };
}

const typeOf = ({ segment }: RolloutRule): Rollout["type"] =>
  segment ? "SEGMENT_ROLLOUT_TYPE" : "THRESHOLD_ROLLOUT_TYPE";

const columnsOf = ({ segment, threshold }: RolloutRule): [value: number, percentage: number, operator: string] => [
  Number(segment?.value ?? threshold?.value ?? false),
  threshold?.percentage ?? 0,
  segment ? chosenOperator(segment) : "OR_SEGMENT_OPERATOR",
];

/** @throws {Fault} 400 for a rank that is taken, 400 without rule, 404 for the flag or a segment: in this order */
export function createRollout({ sql, at }: Write, namespaceKey: string, flagKey: string, input: RolloutInput): Rollout {
  const { rank, description, segment, threshold } = input;
  if (sql.get(`${select} AND flag_key = ? AND rank = ?`, namespaceKey, flagKey, rank)) {
    throw invalid(`rank number: ${rank} already exists`);
  }
  if (!segment && !threshold) throw invalid("rollout rule is missing");
  assertTarget(sql, namespaceKey, flagKey, input);
  const id = randomUUID();
  sql.run(
    `INSERT INTO rollouts
     (id, namespace_key, flag_key, type, rank, description, value, percentage, segment_operator, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, namespaceKey, flagKey, typeOf(input), rank, description, ...columnsOf(input), at, at],
  );
  if (segment) writeOwnKeys(sql, "rollout", id, namespaceKey, segment);
  return readRollout(sql, namespaceKey, flagKey, id, segment && chosenKeys(segment));
}

function assertTarget(sql: Sql, namespaceKey: string, flagKey: string, { segment, threshold }: RolloutRule): void {
  // the table refuses a share that is no number, and that is told as a missing flag (recorded)
  const known = !Number.isNaN(threshold?.percentage) && hasFlag(sql, namespaceKey, flagKey);
  if (segment && !(known && hasSegments(sql, namespaceKey, segment))) {
    throw notFound(`flag "${namespaceKey}/${flagKey} or segment ${segment.segmentKey}" not found`);
  }
  if (!known) throw notFound(`flag "${namespaceKey}/${flagKey}" not found`);
}

/** @throws {Fault} 404, 400 without rule or for another kind of rule, 500 for an unknown segment (recorded) */
export function updateRollout(
  { sql, at }: Write,
  namespaceKey: string,
  flagKey: string,
  id: string,
  update: RolloutUpdate,
): Rollout {
  const { type } = readRollout(sql, namespaceKey, flagKey, id);
  if (!update.segment && !update.threshold) throw invalid("invalid field rule: invalid rollout rule type");
  const attempted = typeOf(update);
  if (type !== attempted) throw invalid(`cannot change type of rollout: have "${type}" attempted "${attempted}"`);
  const { segment, description } = update;
  if (segment && !hasSegments(sql, namespaceKey, segment)) throw new Fault(13, "FOREIGN KEY constraint failed");
  if (Number.isNaN(update.threshold?.percentage))
    throw new Fault(13, "NOT NULL constraint failed: rollout_thresholds.percentage");
  sql.run(
    `UPDATE rollouts SET description = ?, value = ?, percentage = ?, segment_operator = ?, updated_at = ? WHERE id = ?`,
    ...[description, ...columnsOf(update), at, id],
  );
  if (segment) writeOwnKeys(sql, "rollout", id, namespaceKey, segment);
  return readRollout(sql, namespaceKey, flagKey, id);
}

function readRollout(sql: Sql, namespaceKey: string, flagKey: string, id: string, keys?: string[]): Rollout {
  const row = sql.get<RolloutRow>(`${select} AND flag_key = ? AND id = ?`, namespaceKey, flagKey, id);
  if (!row) throw notFound(`rollout "${namespaceKey}/${id}" not found`);
  return toRollout(row, keys ?? readOwnKeys(sql, "rollout", id));
}

export const orderRollouts = (write: Write, namespaceKey: string, flagKey: string, ids: string[]): void =>
  order(write, "rollouts", namespaceKey, flagKey, ids);

export const deleteRollout = (write: Write, namespaceKey: string, flagKey: string, id: string): void =>
  remove(write, "rollouts", namespaceKey, flagKey, id);
