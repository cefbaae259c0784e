import { randomUUID } from "node:crypto";
import { invalid, notFound, quote } from "../fault.ts";
import { sent, type Variant } from "../model.ts";
import { hasFlag } from "./existence.ts";
import type { Sql } from "./sql.ts";
import type { Write } from "./write.ts";

export interface VariantInput {
  key: string;
  name: string;
  description: string;
  /** JSON text or `""`. */
  attachment: string;
}

const select = `SELECT id, flag_key AS flagKey, key, name, description, created_at AS createdAt, updated_at AS updatedAt,
  attachment, namespace_key AS namespaceKey FROM variants WHERE namespace_key = ?`;

/** The variants of one flag, or of all flags, in the order of creation. */
export function readVariants(sql: Sql, namespaceKey: string, flagKey?: string): Variant[] {
  const rows =
    flagKey === undefined
      ? sql.all<Variant>(`${select} ORDER BY seq`, namespaceKey)
      : sql.all<Variant>(`${select} AND flag_key = ? ORDER BY seq`, namespaceKey, flagKey);
  return rows.map(shown);
}

const stringOrSpace = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\n\r]+/g;

/** Kept as it was sent, an attachment is shown without white space; order of keys and digits of numbers stay. */
const shown = (row: Variant): Variant => {
  const attachment = row.attachment.replace(stringOrSpace, "$1");
  return attachment === row.attachment ? row : { ...row, attachment, [sent]: row.attachment };
};

const readVariant = (sql: Sql, namespaceKey: string, flagKey: string, id: string): Variant | undefined =>
  readVariants(sql, namespaceKey, flagKey).find((variant) => variant.id === id);

function assertUnique(sql: Sql, namespaceKey: string, flagKey: string, key: string, except: string): void {
  const taken = sql.get(`${select} AND flag_key = ? AND key = ? AND id <> ?`, namespaceKey, flagKey, key, except);
  if (taken) throw invalid(`variant ${quote(key)} is not unique for flag ${quote(`${namespaceKey}/${flagKey}`)}`);
}

/** @throws {Fault} 404 for the flag, 400 for a key that the flag has */
export function createVariant({ sql, at }: Write, namespaceKey: string, flagKey: string, input: VariantInput): Variant {
  if (!hasFlag(sql, namespaceKey, flagKey)) throw notFound(`flag "${namespaceKey}/${flagKey}" not found`);
  assertUnique(sql, namespaceKey, flagKey, input.key, "");
  const variant: Variant = {
    id: randomUUID(),
    flagKey,
    key: input.key,
    name: input.name,
    description: input.description,
    createdAt: at,
    updatedAt: at,
    attachment: input.attachment,
    namespaceKey,
  };
  sql.run(
    `INSERT INTO variants (id, namespace_key, flag_key, key, name, description, attachment, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[variant.id, namespaceKey, flagKey, input.key, input.name, input.description, input.attachment, at, at],
  );
  return shown(variant);
}

/** @throws {Fault} 404, which names the key of the input as v1.61.1 does, or 400 for a key that the flag has */
export function updateVariant(
  { sql, at }: Write,
  namespaceKey: string,
  flagKey: string,
  id: string,
  { key, name, description, attachment }: VariantInput,
): Variant {
  const variant = readVariant(sql, namespaceKey, flagKey, id);
  if (!variant) throw notFound(`variant ${quote(key)} not found`);
  assertUnique(sql, namespaceKey, flagKey, key, id);
  sql.run(
    "UPDATE variants SET key = ?, name = ?, description = ?, attachment = ?, updated_at = ? WHERE id = ?",
    ...[key, name, description, attachment, at, id],
  );
  return shown({ ...variant, key, name, description, attachment, updatedAt: at });
}

/** Deletes a variant, if it is there, with its distributions and its role as default. */
export function deleteVariant({ sql }: Write, namespaceKey: string, flagKey: string, id: string): void {
  sql.run("DELETE FROM variants WHERE namespace_key = ? AND flag_key = ? AND id = ?", namespaceKey, flagKey, id);
}
