/** Enum fields and the zero names of their types: an indented answer leaves them out like any other empty value. */
const zeros: Readonly<Record<string, readonly string[]>> = {
  type: ["VARIANT_FLAG_TYPE", "VARIANT_EVALUATION_RESPONSE_TYPE", "UNKNOWN_CONSTRAINT_COMPARISON_TYPE"],
  matchType: ["ALL_MATCH_TYPE", "ALL_SEGMENT_MATCH_TYPE"],
  segmentOperator: ["OR_SEGMENT_OPERATOR"],
  reason: ["UNKNOWN_EVALUATION_REASON"],
};

/** Fields that hold JSON of any kind: they stay as they are. */
export const foreign: ReadonlySet<string> = new Set(["metadata"]);
export const ofrepForeign: ReadonlySet<string> = new Set([...foreign, "value"]);

function isEmpty(value: unknown, field: string): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === "" || value === 0 || value === false || (zeros[field]?.includes(value as string) ?? false);
}

function prune(value: unknown, field: string, kept: ReadonlySet<string>): unknown {
  if (kept.has(field) || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => prune(item, field, kept));
  const filled = Object.entries(value).filter(([key, item]) => kept.has(key) || !isEmpty(item, key));
  return Object.fromEntries(filled.map(([key, item]) => [key, prune(item, key, kept)]));
}

/** An indented body without empty values, for `?pretty` and `Accept: application/json+pretty`. */
export const pretty = (body: object, kept = foreign): string => JSON.stringify(prune(body, "", kept), null, 2);
