import { keysOf } from "../evaluation/segment.ts";
import type { Flag, FlagState, Namespace, NamespaceState, Rollout, Rule, View } from "../model.ts";
import { byBytes } from "../order.ts";
import { readFlags } from "./flags.ts";
import { type NamespaceRow, readNamespaceRows, toNamespace } from "./namespaces.ts";
import { readRollouts } from "./rollouts.ts";
import { readRules } from "./rules.ts";
import { readSegments } from "./segments.ts";
import type { Sql } from "./sql.ts";

/** States by namespace key, each good for one version of one namespace. */
export type CachedStates = Map<string, { row: NamespaceRow; state: NamespaceState }>;

/** Reads the list of namespaces now and each namespace when it is first asked for; what has not changed comes from the cache. */
export function readView(sql: Sql, cache: CachedStates): View {
  const rows = new Map(readNamespaceRows(sql).map((row) => [row.key, row]));
  const namespaces: readonly Namespace[] = [...rows.values()].map(toNamespace);
  for (const key of cache.keys()) if (!rows.has(key)) cache.delete(key);
  return {
    namespaces: () => namespaces,
    state(key) {
      const row = rows.get(key);
      if (!row) return undefined;
      const cached = cache.get(key);
      if (cached && cached.row.seq === row.seq && cached.row.version === row.version) return cached.state;
      const state = readState(sql, row);
      cache.set(key, { row, state });
      return state;
    },
  };
}

function readState(sql: Sql, row: NamespaceRow): NamespaceState {
  return sql.snapshot(() => {
    const rules = groupByFlag(readRules(sql, row.key));
    const rollouts = groupByFlag(readRollouts(sql, row.key));
    const flags = readFlags(sql, row.key).map((flag): [string, FlagState] => [
      flag.key,
      toState(flag, rules, rollouts),
    ]);
    return {
      namespace: toNamespace(row),
      flags: new Map(flags),
      segments: new Map(readSegments(sql, row.key).map((segment) => [segment.key, segment])),
      version: row.version === null ? undefined : String(row.version),
    };
  });
}

/**
 * Recorded: a rule whose segments are gone is listed, but neither evaluation nor snapshot know it; of rules of equal rank
 * the one with the smaller id comes first for these, the older one in the list.
 */
function toState(flag: Flag, rules: Map<string, Rule[]>, rollouts: Map<string, Rollout[]>): FlagState {
  const listed = rules.get(flag.key) ?? [];
  const asked = listed
    .filter((rule) => keysOf(rule).length > 0)
    .sort((left, right) => left.rank - right.rank || byBytes(left.id, right.id));
  return {
    flag,
    rules: asked,
    listedRules: listed,
    rollouts: rollouts.get(flag.key) ?? [],
  };
}

function groupByFlag<Item extends { flagKey: string }>(items: Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.flagKey);
    if (group) group.push(item);
    else groups.set(item.flagKey, [item]);
  }
  return groups;
}
