import type { Read } from "./shape.ts";

const distribution = { variant: "text", rollout: "number" } as const;
const keys = { keys: ["text"], operator: "text" } as const;
const rule = {
  segment: { either: "segmentKeys", fields: keys },
  rank: "rank",
  distributions: [distribution],
} as const;
const rollout = {
  description: "text",
  segment: { ...keys, key: "text", value: "truth" },
  threshold: { percentage: "number", value: "truth" },
} as const;
const variant = { default: "truth", key: "text", name: "text", description: "text", attachment: "any" } as const;
const flag = {
  key: "text",
  name: "text",
  type: "text",
  description: "text",
  enabled: "truth",
  metadata: "record",
  variants: [variant],
  rules: [rule],
  rollouts: [rollout],
} as const;
const constraint = { type: "text", property: "text", operator: "text", value: "text" } as const;
const segment = {
  key: "text",
  name: "text",
  description: "text",
  match_type: "text",
  constraints: [constraint],
} as const;

/** What an import reads of a document. */
export const documentShape = {
  version: "text",
  namespace: { either: "namespace", fields: { key: "text", name: "text", description: "text" } },
  flags: [flag],
  segments: [segment],
} as const;

export type ImportedDocument = NonNullable<Read<typeof documentShape>>;
export type ImportedFlag = NonNullable<Read<typeof flag>>;
export type ImportedVariant = NonNullable<Read<typeof variant>>;
export type ImportedRule = NonNullable<Read<typeof rule>>;
export type ImportedRollout = NonNullable<Read<typeof rollout>>;
export type ImportedSegment = NonNullable<Read<typeof segment>>;
export type ImportedConstraint = NonNullable<Read<typeof constraint>>;
