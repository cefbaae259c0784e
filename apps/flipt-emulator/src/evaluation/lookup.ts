import type { FlagType } from "flipt-document";
import { type Fault, invalid, notFound, quote } from "../fault.ts";
import type { FlagState, NamespaceState, Store, View } from "../model.ts";

export interface Found {
  state: NamespaceState;
  flag: FlagState;
}

/** A flag in one view, or the refusal that the role words in its own way. */
export function lookUp(view: View, role: Store["role"], namespaceKey: string, flagKey: string): Found | Fault {
  const key = namespaceKey || "default";
  const state = view.state(key);
  if (!state && role === "sidecar") return notFound(`namespace ${quote(key)} not found`);
  const flag = state?.flags.get(flagKey);
  // an empty flag key is left out of the name, as recorded
  return state && flag
    ? { state, flag }
    : notFound(`flag ${quote(flagKey === "" ? key : `${key}/${flagKey}`)} not found`);
}

/** @throws {Fault} 400 for a flag of the other type */
export function requireType({ flag }: FlagState, type: FlagType): void {
  if (flag.type !== type) throw invalid(`flag type ${flag.type} invalid`);
}
