import type { Sql } from "./sql.ts";

/** RFC 3339 in UTC with 0, 3 or 6 decimals, as protobuf's JSON writes a time. */
export function rfc3339(micros: number): string {
  const [seconds, rest] = new Date(Math.floor(micros / 1000)).toISOString().split(".");
  const decimals = `${rest?.slice(0, 3)}${String(micros % 1000).padStart(3, "0")}`;
  if (decimals === "000000") return `${seconds}Z`;
  return `${seconds}.${decimals.endsWith("000") ? decimals.slice(0, 3) : decimals}Z`;
}

/** Microseconds since 1970 that no write before this one had: they order writes even when the system's clock stands or goes back. */
export function tick(sql: Sql): number {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  const row = sql.get<{ micros: number }>("UPDATE clock SET micros = max(micros + 1, ?) RETURNING micros", now);
  return row?.micros ?? now;
}
