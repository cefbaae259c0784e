import type { NamespaceState, Store } from "../model.ts";
import type { Identify } from "./snapshot.ts";

/** A database gives the ids of constraints, except in segments that a rollout mentions; a declarative source never does. */
export function constraintIds({ role }: Store, state: NamespaceState | undefined): Identify {
  if (role === "sidecar") return () => false;
  const mentioned = new Set<string>();
  for (const { rollouts } of state?.flags.values() ?? []) {
    for (const { segment } of rollouts) {
      for (const key of segment ? [segment.segmentKey, ...segment.segmentKeys] : []) mentioned.add(key);
    }
  }
  return (key) => !mentioned.has(key);
}
