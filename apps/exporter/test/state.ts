import { type Document, formatStream } from "flipt-document";
import type { Config } from "../src/config.ts";

/** The environment of a quiet run: nothing allowed, everything at its default. */
export const settings = (flipt: string, sink: Config["sink"], more: Partial<Config> = {}): Config => ({
  flipt: { url: new URL(flipt) },
  sink,
  timeoutMs: 50_000,
  maxShrink: 0.5,
  maxGrowth: 10,
  maxBytes: Number.POSITIVE_INFINITY,
  allowEmpty: false,
  allowShrink: false,
  allowGrowth: false,
  ...more,
});

/** Two namespaces with a few flags of each kind; `mark` shows up in both. */
export const documents = (mark: string): Document[] => [
  {
    namespace: { key: "default", name: "Default", description: "Default namespace" },
    flags: [
      { key: "dark-mode", name: mark, type: "BOOLEAN_FLAG_TYPE", enabled: true },
      {
        key: "banner",
        name: "Banner",
        type: "BOOLEAN_FLAG_TYPE",
        rollouts: [{ threshold: { percentage: 25, value: true } }],
      },
      {
        key: "colour",
        name: "Colour",
        enabled: true,
        variants: [{ key: "red", default: true, attachment: { hex: "#f00" } }, { key: "blue" }],
        rules: [
          {
            segment: "staff",
            distributions: [
              { variant: "red", rollout: 50 },
              { variant: "blue", rollout: 50 },
            ],
          },
        ],
      },
    ],
    segments: [
      {
        key: "staff",
        name: "Staff",
        match_type: "ALL_MATCH_TYPE",
        constraints: [{ type: "STRING_COMPARISON_TYPE", property: "role", operator: "eq", value: "staff" }],
      },
    ],
  },
  {
    namespace: { key: "production", name: "Production" },
    flags: [
      { key: "dark-mode", name: mark, type: "BOOLEAN_FLAG_TYPE", enabled: false },
      { key: "search", name: "Search", enabled: true },
    ],
    segments: [{ key: "all", name: "All", match_type: "ANY_MATCH_TYPE" }],
  },
];

export const stream = (mark: string): string => formatStream(documents(mark));

/** One call of the management API, which must succeed. */
export async function call(flipt: string, method: string, path: string, body?: object): Promise<void> {
  const answer = await fetch(`${flipt}/api/v1/namespaces${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

/** Takes a master of `documents(…)` to another mark: two writes. */
export async function mark(flipt: string, name: string): Promise<void> {
  await call(flipt, "PUT", "/default/flags/dark-mode", { name, enabled: true });
  await call(flipt, "PUT", "/production/flags/dark-mode", { name, enabled: false });
}
