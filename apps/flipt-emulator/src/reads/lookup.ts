import { invalid, notFound, quote } from "../fault.ts";
import type { FlagState, NamespaceState, Store } from "../model.ts";

/** An empty namespace in a path means `default`. */
export const namespaceOf = (params: Record<string, string>): string => params.namespaceKey || "default";

/** @throws {Fault} 400 for an empty path parameter */
export function required(params: Record<string, string>, parameter: string, field: string): string {
  const value = params[parameter] ?? "";
  if (value === "") throw invalid(`invalid field ${field}: must not be empty`);
  return value;
}

/**
 * The state of a namespace; a database has none for an unknown one, a declarative source refuses it.
 *
 * @throws {Fault} 404 on a sidecar
 */
export function stateOf(store: Store, key: string): NamespaceState | undefined {
  const state = store.view().state(key);
  if (!state && store.role === "sidecar") throw notFound(`namespace ${quote(key)} not found`);
  return state;
}

/** A flag that may be absent, with its rules and rollouts. */
export const flagStateOf = (store: Store, params: Record<string, string>): FlagState | undefined =>
  stateOf(store, namespaceOf(params))?.flags.get(params.flagKey ?? "");
