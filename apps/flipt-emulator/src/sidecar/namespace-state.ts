import { randomUUID } from "node:crypto";
import type { DocumentFlag, DocumentSegment, NamespaceDocument } from "flipt-document";
import type { Constraint, Namespace, NamespaceState, Segment } from "../model.ts";
import { byBytes } from "./attachment.ts";
import { flagStateOf, type Load } from "./flag-state.ts";

/** One namespace as a sidecar serves it: flags and segments sorted by key. */
export function namespaceStateOf(
  { key, name, segments }: NamespaceDocument,
  description: string,
  definitions: ReadonlyMap<string, readonly DocumentFlag[]>,
  version: string | undefined,
  time: string,
): NamespaceState {
  const load: Load = { namespaceKey: key, time };
  const keys = [...definitions.keys()].sort(byBytes);
  const flags = keys.flatMap((flagKey) => flagStateOf(definitions.get(flagKey) ?? [], load) ?? []);
  const sorted = [...segments].sort((left, right) => byBytes(left.key, right.key));
  return {
    namespace: namespaceOf(key, name ?? key, description, time),
    flags: new Map(flags.map((state) => [state.flag.key, state])),
    segments: new Map(sorted.map((segment) => [segment.key, segmentOf(segment, load)])),
    version,
  };
}

/** `default` is there, under this name and without a description, whatever the documents say (recorded). */
export const defaultNamespace = (time: string): NamespaceState => {
  return {
    namespace: namespaceOf("default", "Default", "", time),
    flags: new Map(),
    segments: new Map(),
    version: undefined,
  };
};

const namespaceOf = (key: string, name: string, description: string, time: string): Namespace => {
  return { key, name, description, protected: false, createdAt: time, updatedAt: time };
};

function segmentOf(document: DocumentSegment, { namespaceKey, time }: Load): Segment {
  const { key } = document;
  return {
    key,
    name: document.name,
    description: document.description ?? "",
    createdAt: time,
    updatedAt: time,
    constraints: (document.constraints ?? []).map(
      ({ type, property, operator, value = "", description = "" }): Constraint => ({
        id: randomUUID(),
        segmentKey: key,
        type,
        property,
        operator,
        value,
        createdAt: time,
        updatedAt: time,
        namespaceKey,
        description,
      }),
    ),
    matchType: document.match_type,
    namespaceKey,
  };
}
