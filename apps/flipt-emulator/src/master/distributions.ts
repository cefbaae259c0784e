import { randomUUID } from "node:crypto";
import { notFound, quote } from "../fault.ts";
import type { Distribution } from "../model.ts";
import { hasFlag } from "./existence.ts";
import type { Sql } from "./sql.ts";
import type { Write } from "./write.ts";

export interface DistributionInput {
  variantId: string;
  /** Percent, a decimal that a 32 bit float prints. */
  rollout: number;
}

/** Where a distribution belongs: all three come from the request's path. */
export interface RulePath {
  namespaceKey: string;
  flagKey: string;
  ruleId: string;
}

export interface DistributionRow {
  id: string;
  ruleId: string;
  variantId: string;
  rollout: number;
  createdAt: string;
  updatedAt: string;
}

const select = `SELECT d.id, d.rule_id AS ruleId, d.variant_id AS variantId, d.rollout, d.created_at AS createdAt,
  d.updated_at AS updatedAt FROM distributions d JOIN rules r ON r.id = d.rule_id WHERE r.namespace_key = ?`;

/** The distributions of one rule, or of all rules of a namespace, in the order of creation. */
export function readDistributions(sql: Sql, namespaceKey: string, ruleId?: string): DistributionRow[] {
  if (ruleId === undefined) return sql.all<DistributionRow>(`${select} ORDER BY d.seq`, namespaceKey);
  return sql.all<DistributionRow>(`${select} AND d.rule_id = ? ORDER BY d.seq`, namespaceKey, ruleId);
}

export const toDistribution = (row: DistributionRow): Distribution => ({ ...row });

function assertKnown(sql: Sql, { namespaceKey, flagKey, ruleId }: RulePath, variantId: string, rollout = 0): void {
  const known =
    !Number.isNaN(rollout) &&
    hasFlag(sql, namespaceKey, flagKey) &&
    sql.get("SELECT 1 FROM rules WHERE id = ? AND namespace_key = ?", ruleId, namespaceKey) !== undefined &&
    sql.get("SELECT 1 FROM variants WHERE id = ? AND namespace_key = ?", variantId, namespaceKey) !== undefined;
  if (known) return;
  throw notFound(
    `variant ${quote(variantId)}, rule ${quote(ruleId)}, flag ${quote(flagKey)} in namespace ${quote(namespaceKey)} not found`,
  );
}

/** @throws {Fault} 404 when variant, rule or flag is not in the namespace */
export function createDistribution({ sql, at }: Write, path: RulePath, input: DistributionInput): Distribution {
  const { variantId, rollout } = input;
  // the table refuses what is no number, and that is told as a missing reference (recorded)
  assertKnown(sql, path, variantId, rollout);
  const distribution = { id: randomUUID(), ruleId: path.ruleId, variantId, rollout, createdAt: at, updatedAt: at };
  sql.run(
    "INSERT INTO distributions (id, rule_id, variant_id, rollout, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
    ...[distribution.id, path.ruleId, variantId, rollout, at, at],
  );
  return distribution;
}

/** @throws {Fault} 404 */
export function updateDistribution(
  { sql, at }: Write,
  path: RulePath,
  id: string,
  { variantId, rollout }: DistributionInput,
): Distribution {
  assertKnown(sql, path, variantId);
  sql.run(
    "UPDATE distributions SET variant_id = ?, rollout = ?, updated_at = ? WHERE id = ? AND rule_id = ?",
    ...[variantId, rollout, at, id, path.ruleId],
  );
  const row = sql.get<DistributionRow>(`${select} AND d.id = ? AND d.rule_id = ?`, path.namespaceKey, id, path.ruleId);
  if (!row) throw notFound(`distribution ${quote(id)} not found`);
  return toDistribution(row);
}

/** Deletes a distribution, if it is there and gives that variant, in whatever namespace (recorded). */
export function deleteDistribution({ sql }: Write, { ruleId }: RulePath, id: string, variantId: string): void {
  sql.run("DELETE FROM distributions WHERE id = ? AND variant_id = ? AND rule_id = ?", id, variantId, ruleId);
}
