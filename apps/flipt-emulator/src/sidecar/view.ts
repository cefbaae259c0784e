import type { NamespaceState, View } from "../model.ts";

/** One load of a source, whole: evaluations hold on to it while the next one is built. */
export function viewOf(states: ReadonlyMap<string, NamespaceState>): View {
  return {
    namespaces: () => [...states.values()].map(({ namespace }) => namespace),
    state: (key) => states.get(key),
  };
}

/** The same state, seen to be current at a later time: its flags and segments are the same objects. */
export const touched = (
  states: ReadonlyMap<string, NamespaceState>,
  updatedAt: string,
): ReadonlyMap<string, NamespaceState> =>
  new Map([...states].map(([key, state]) => [key, { ...state, namespace: { ...state.namespace, updatedAt } }]));
