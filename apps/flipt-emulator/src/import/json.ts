import type { Json } from "flipt-document";
import { sortedJson } from "../master/sorted-json.ts";
import { Typed } from "./documents.ts";

/** The attachment as JSON text with sorted keys; `""` when left out. */
export const attachmentText = (value: unknown): string =>
  value === null || value === undefined ? "" : sortedJson(plain(value, "marshalling attachment: json"));

/** @throws {Error} for a time, which v1.61.1 refuses in metadata */
export function metadata(value: Record<string, unknown> | undefined): Record<string, Json> | undefined {
  return value && JSON.parse(sortedJson(plain(value, undefined)));
}

/** Plain values; integers of up to 64 bits keep their digits. */
function plain(value: unknown, times: string | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => plain(item, times));
  if (!(value instanceof Typed)) {
    if (typeof value !== "object" || value === null) return value as Json;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, times)]));
  }
  const scalar = value.value;
  if (scalar instanceof Date) {
    if (times === undefined) throw new Error("proto: invalid type: time.Time");
    return scalar.toISOString().replace(/\.?0*Z$/, "Z");
  }
  if (typeof scalar === "bigint") {
    const kept = scalar === BigInt.asIntN(64, scalar) || scalar === BigInt.asUintN(64, scalar);
    return (kept ? scalar : Number(scalar)) as Json;
  }
  if (typeof scalar === "number" && !Number.isFinite(scalar)) {
    const name = Number.isNaN(scalar) ? "NaN" : scalar > 0 ? "+Inf" : "-Inf";
    throw new Error(`${times ?? "proto"}: unsupported value: ${name}`);
  }
  return scalar;
}
