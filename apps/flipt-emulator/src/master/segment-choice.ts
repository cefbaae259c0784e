import type { SegmentOperator } from "flipt-document";
import { hasSegment } from "./existence.ts";
import type { Sql } from "./sql.ts";

/** The segments of a rule or rollout as a request gives them: one key or several. */
export interface SegmentChoice {
  segmentKey: string;
  segmentKeys: readonly string[];
  segmentOperator: SegmentOperator;
}

/** The keys without repetition. */
export const chosenKeys = ({ segmentKey, segmentKeys }: SegmentChoice): string[] =>
  segmentKey ? [segmentKey] : [...new Set(segmentKeys)];

/** The operator means something for several segments only. */
export const chosenOperator = (choice: SegmentChoice): SegmentOperator =>
  chosenKeys(choice).length === 1 ? "OR_SEGMENT_OPERATOR" : choice.segmentOperator;

/** One key is answered as `segmentKey`, however it was sent. */
export const toChoice = (keys: readonly string[], segmentOperator: SegmentOperator): SegmentChoice =>
  keys.length === 1
    ? { segmentKey: keys[0] ?? "", segmentKeys: [], segmentOperator }
    : { segmentKey: "", segmentKeys: keys, segmentOperator };

export const hasSegments = (sql: Sql, namespaceKey: string, choice: SegmentChoice): boolean =>
  chosenKeys(choice).every((key) => hasSegment(sql, namespaceKey, key));

type Owner = "rule" | "rollout";

/** In alphabetical order for a rule, as they were given for a rollout (recorded). */
const orders: Readonly<Record<Owner, string>> = { rule: "segment_key", rollout: "rowid" };

/** The segment keys of each rule or rollout of a namespace. */
export function readChosenKeys(sql: Sql, owner: Owner, namespaceKey: string): Map<string, string[]> {
  const rows = sql.all<{ owner: string; key: string }>(
    `SELECT ${owner}_id AS owner, segment_key AS key FROM ${owner}_segments WHERE namespace_key = ? ORDER BY ${orders[owner]}`,
    namespaceKey,
  );
  const keys = new Map<string, string[]>();
  for (const row of rows) keys.set(row.owner, [...(keys.get(row.owner) ?? []), row.key]);
  return keys;
}

/** The segment keys of one rule or rollout, in the same order. */
export const readOwnKeys = (sql: Sql, owner: Owner, id: string): string[] =>
  sql
    .all<{ key: string }>(
      `SELECT segment_key AS key FROM ${owner}_segments WHERE ${owner}_id = ? ORDER BY ${orders[owner]}`,
      id,
    )
    .map(({ key }) => key);

/** Replaces the segments of one rule or rollout. */
export function writeOwnKeys(sql: Sql, owner: Owner, id: string, namespaceKey: string, choice: SegmentChoice): void {
  sql.run(`DELETE FROM ${owner}_segments WHERE ${owner}_id = ?`, id);
  for (const key of chosenKeys(choice)) {
    sql.run(`INSERT INTO ${owner}_segments VALUES (?, ?, ?)`, id, namespaceKey, key);
  }
}
