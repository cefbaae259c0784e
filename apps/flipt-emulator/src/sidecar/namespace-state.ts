import { randomUUID } from "node:crypto";
import type { DocumentSegment, NamespaceDocument } from "flipt-document";
import type { Constraint, Namespace, NamespaceState, Segment } from "../model.ts";
import { byBytes } from "../order.ts";
import { flagStateOf, type Load } from "./flag-state.ts";

/** One namespace as a sidecar serves it: flags and segments sorted by key. */
export function namespaceStateOf(
  document: NamespaceDocument,
  version: string | undefined,
  time: string,
): NamespaceState {
  const { key, name = "", description = "" } = document;
  if (key === "default") return { ...contentOf(document, time), namespace: defaultNamespace(time), version };
  return { ...contentOf(document, time), namespace: namespaceOf(key, name, description, time), version };
}

function contentOf({ key: namespaceKey, flags, segments }: NamespaceDocument, time: string) {
  const load: Load = { namespaceKey, time };
  const sortedFlags = [...flags].sort((left, right) => byBytes(left.flag.key, right.flag.key));
  const sortedSegments = [...segments].sort((left, right) => byBytes(left.key, right.key));
  return {
    flags: new Map(sortedFlags.map((merged) => [merged.flag.key, flagStateOf(merged, load)])),
    segments: new Map(sortedSegments.map((segment) => [segment.key, segmentOf(segment, load)])),
  };
}

/** `default` without any document. */
export const emptyDefault = (time: string): NamespaceState => {
  return { namespace: defaultNamespace(time), flags: new Map(), segments: new Map(), version: undefined };
};

/** `default` has this name and no description, whatever the documents say (recorded). */
const defaultNamespace = (time: string): Namespace => namespaceOf("default", "Default", "", time);

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
        type: type ?? "UNKNOWN_COMPARISON_TYPE",
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
