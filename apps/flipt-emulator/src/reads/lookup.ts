import { invalid, notFound, quote } from "../fault.ts";
import type { Call } from "../http/route.ts";
import type { FlagState, NamespaceState, Store } from "../model.ts";

/** The namespace of a path, or else of the query or the body; an empty one means `default`. */
export const namespaceOf = ({ params, body }: Pick<Call, "params" | "body">): string =>
  (params.namespaceKey ?? (body.namespaceKey as string | undefined)) || "default";

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
export const flagStateOf = (store: Store, call: Call): FlagState | undefined =>
  stateOf(store, namespaceOf(call))?.flags.get(call.params.flagKey ?? "");
