import type { FlagType, Json } from "flipt-document";
import { invalid, notFound, quote } from "../fault.ts";
import type { Flag, Variant } from "../model.ts";
import { hasFlag } from "./existence.ts";
import { hasNamespace } from "./namespaces.ts";
import { sortedJson } from "./sorted-json.ts";
import type { Sql } from "./sql.ts";
import { readVariants } from "./variants.ts";
import type { Write } from "./write.ts";

export interface FlagInput {
  key: string;
  name: string;
  description: string;
  enabled: boolean;
  type: FlagType;
  metadata?: Record<string, Json> | undefined;
}

export interface FlagUpdate {
  name: string;
  description: string;
  enabled: boolean;
  /** Kept when left out, cleared when empty. */
  metadata?: Record<string, Json> | undefined;
  /** `""` clears it. */
  defaultVariantId: string;
}

interface FlagRow {
  key: string;
  name: string;
  description: string;
  enabled: number;
  type: FlagType;
  metadata: string | null;
  defaultVariantId: string | null;
  createdAt: string;
  updatedAt: string;
}

const select = `SELECT key, name, description, enabled, type, metadata, default_variant_id AS defaultVariantId,
  created_at AS createdAt, updated_at AS updatedAt FROM flags WHERE namespace_key = ?`;

/** All flags of a namespace in the order of creation. */
export function readFlags(sql: Sql, namespaceKey: string): Flag[] {
  const variants = new Map<string, Variant[]>();
  for (const variant of readVariants(sql, namespaceKey)) {
    const group = variants.get(variant.flagKey);
    if (group) group.push(variant);
    else variants.set(variant.flagKey, [variant]);
  }
  const rows = sql.all<FlagRow>(`${select} ORDER BY seq`, namespaceKey);
  return rows.map((row) => toFlag(row, namespaceKey, variants.get(row.key) ?? []));
}

/** @throws {Fault} 404 */
function readFlag(sql: Sql, namespaceKey: string, key: string): Flag {
  const row = sql.get<FlagRow>(`${select} AND key = ?`, namespaceKey, key);
  if (!row) throw notFound(`flag ${quote(`${namespaceKey}/${key}`)} not found`);
  return toFlag(row, namespaceKey, readVariants(sql, namespaceKey, key));
}

function toFlag(row: FlagRow, namespaceKey: string, variants: Variant[]): Flag {
  const flag: Flag = {
    key: row.key,
    name: row.name,
    description: row.description,
    enabled: row.enabled === 1,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    variants,
    namespaceKey,
    type: row.type,
  };
  const defaultVariant = variants.find(({ id }) => id === row.defaultVariantId);
  if (defaultVariant) flag.defaultVariant = defaultVariant;
  if (row.metadata !== null) flag.metadata = JSON.parse(row.metadata);
  return flag;
}

/** @throws {Fault} 404 for the namespace, 400 for a key that is taken */
export function createFlag({ sql, at }: Write, namespaceKey: string, flag: FlagInput): Flag {
  if (!hasNamespace(sql, namespaceKey)) throw notFound(`namespace ${quote(namespaceKey)} not found`);
  if (hasFlag(sql, namespaceKey, flag.key)) throw invalid(`flag ${quote(`${namespaceKey}/${flag.key}`)} is not unique`);
  sql.run(
    `INSERT INTO flags (namespace_key, key, name, description, enabled, type, metadata, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[namespaceKey, flag.key, flag.name, flag.description, Number(flag.enabled), flag.type],
    ...[metadataText(flag.metadata), at, at],
  );
  // empty metadata comes back in this answer only (recorded)
  return { ...readFlag(sql, namespaceKey, flag.key), ...(flag.metadata && { metadata: flag.metadata }) };
}

/** @throws {Fault} 400 for an unknown default variant, which is looked at first, else 404 */
export function updateFlag({ sql, at }: Write, namespaceKey: string, key: string, flag: FlagUpdate): Flag {
  const { defaultVariantId, metadata } = flag;
  if (defaultVariantId && !readVariants(sql, namespaceKey, key).some(({ id }) => id === defaultVariantId)) {
    throw invalid(`variant ${quote(defaultVariantId)} not found for flag ${quote(`${namespaceKey}/${key}`)}`);
  }
  sql.run(
    `UPDATE flags SET name = ?, description = ?, enabled = ?, default_variant_id = ?, updated_at = ?
     WHERE namespace_key = ? AND key = ?`,
    ...[flag.name, flag.description, Number(flag.enabled), defaultVariantId || null, at, namespaceKey, key],
  );
  if (metadata) {
    const text = metadataText(metadata);
    sql.run("UPDATE flags SET metadata = ? WHERE namespace_key = ? AND key = ?", text, namespaceKey, key);
  }
  return readFlag(sql, namespaceKey, key);
}

/** Deletes a flag, if it is there, with its variants, rules and rollouts. */
export function deleteFlag({ sql }: Write, namespaceKey: string, key: string): void {
  sql.run("DELETE FROM flags WHERE namespace_key = ? AND key = ?", namespaceKey, key);
}

const metadataText = (metadata: Record<string, Json> | undefined): string | null =>
  metadata && Object.keys(metadata).length > 0 ? sortedJson(metadata) : null;
