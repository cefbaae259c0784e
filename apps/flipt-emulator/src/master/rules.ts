import { randomUUID } from "node:crypto";
import type { SegmentOperator } from "flipt-document";
import { notFound } from "../fault.ts";
import type { Distribution, Rule } from "../model.ts";
import { type DistributionRow, readDistributions, toDistribution } from "./distributions.ts";
import { hasFlag } from "./flags.ts";
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

export interface RuleInput extends SegmentChoice {
  rank: number;
}

interface RuleRow {
  id: string;
  flagKey: string;
  rank: number;
  segmentOperator: SegmentOperator;
  createdAt: string;
  updatedAt: string;
  namespaceKey: string;
}

const select = `SELECT id, flag_key AS flagKey, rank, segment_operator AS segmentOperator, created_at AS createdAt,
  updated_at AS updatedAt, namespace_key AS namespaceKey FROM rules WHERE namespace_key = ?`;

/** All rules of a namespace by rank. */
export function readRules(sql: Sql, namespaceKey: string): Rule[] {
  const keys = readChosenKeys(sql, "rule", namespaceKey);
  const distributions = new Map<string, DistributionRow[]>();
  for (const row of readDistributions(sql, namespaceKey)) {
    const group = distributions.get(row.ruleId);
    if (group) group.push(row);
    else distributions.set(row.ruleId, [row]);
  }
  const rows = sql.all<RuleRow>(`${select} ORDER BY rank, seq`, namespaceKey);
  return rows.map((row) => {
    const own = (distributions.get(row.id) ?? []).map(toDistribution);
    return toRule(row, toChoice(keys.get(row.id) ?? [], row.segmentOperator), own);
  });
}

function toRule(row: RuleRow, choice: SegmentChoice, distributions: Distribution[]): Rule {
  return {
    id: row.id,
    flagKey: row.flagKey,
    segmentKey: choice.segmentKey,
    distributions,
    rank: row.rank,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    namespaceKey: row.namespaceKey,
    segmentKeys: choice.segmentKeys,
    segmentOperator: choice.segmentOperator,
  };
}

/** @throws {Fault} 404, in words of v1.61.1, when the flag or one of the segments is not there */
export function createRule({ sql, at }: Write, namespaceKey: string, flagKey: string, input: RuleInput): Rule {
  if (!hasFlag(sql, namespaceKey, flagKey) || !hasSegments(sql, namespaceKey, input)) {
    throw notFound(`flag "${namespaceKey}/${flagKey}" or segment "${namespaceKey}/${input.segmentKey}" not found`);
  }
  const id = randomUUID();
  const segmentOperator = chosenOperator(input);
  sql.run(
    `INSERT INTO rules (id, namespace_key, flag_key, rank, segment_operator, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ...[id, namespaceKey, flagKey, input.rank, segmentOperator, at, at],
  );
  writeOwnKeys(sql, "rule", id, namespaceKey, input);
  const row = { id, flagKey, rank: input.rank, segmentOperator, createdAt: at, updatedAt: at, namespaceKey };
  return toRule(row, toChoice(chosenKeys(input), segmentOperator), []);
}

/**
 * Replaces the segments of a rule. With another flag's key the operator and the time stay, as recorded from v1.61.1.
 *
 * @throws {Fault} 404 when the rule or one of the segments is not there
 */
export function updateRule(
  { sql, at }: Write,
  namespaceKey: string,
  flagKey: string,
  id: string,
  choice: SegmentChoice,
): Rule {
  const known = sql.get(`${select} AND id = ?`, namespaceKey, id) !== undefined;
  if (!known || !hasSegments(sql, namespaceKey, choice)) throw notFound(`rule "${namespaceKey}/${id}" not found`);
  sql.run(
    "UPDATE rules SET segment_operator = ?, updated_at = ? WHERE id = ? AND flag_key = ?",
    ...[chosenOperator(choice), at, id, flagKey],
  );
  writeOwnKeys(sql, "rule", id, namespaceKey, choice);
  return readRule(sql, namespaceKey, id);
}

function readRule(sql: Sql, namespaceKey: string, id: string): Rule {
  const row = sql.get<RuleRow>(`${select} AND id = ?`, namespaceKey, id);
  if (!row) throw notFound(`rule "${namespaceKey}/${id}" not found`);
  const distributions = readDistributions(sql, namespaceKey, id).map(toDistribution);
  return toRule(row, toChoice(readOwnKeys(sql, "rule", id), row.segmentOperator), distributions);
}

export const orderRules = (write: Write, namespaceKey: string, flagKey: string, ids: string[]): void =>
  order(write, "rules", namespaceKey, flagKey, ids);

export const deleteRule = (write: Write, namespaceKey: string, flagKey: string, id: string): void =>
  remove(write, "rules", namespaceKey, flagKey, id);
