import {
  type Document,
  type DocumentFlag,
  type DocumentSegment,
  formatJson,
  type SegmentOperator,
} from "flipt-document";

/**
 * What the answers of a namespace rest on, in lines that can be compared: for each flag the flag itself and its rules or
 * rollouts by rank; for each segment that these name, its constraints. Equal bases answer everybody equally.
 */
export interface Basis {
  flags: Map<string, string[]>;
  segments: Map<string, string>;
}

/** The basis of a namespace that is to be published; segments that no flag names decide nothing. */
export function basisOf({ flags = [], segments = [] }: Document): Basis {
  const named = new Set(flags.flatMap((flag) => namedSegments(flag)));
  return {
    flags: new Map(flags.map((flag) => [flag.key, flagBasis(flag)])),
    segments: new Map(segments.filter(({ key }) => named.has(key)).map((each) => [each.key, segmentBasis(each)])),
  };
}

export function flagBasis(flag: DocumentFlag): string[] {
  const { type, enabled = false, variants = [], rules = [], rollouts = [] } = flag;
  const attachments = new Map(variants.map(({ key, attachment = null }) => [key, formatJson(attachment)]));
  const variant = (key: string): string => `"${key}" ${attachments.get(key)}`;
  const base = variants.find((each) => each.default);
  return [
    `${type} ${enabled ? "enabled" : "disabled"}, default ${base ? variant(base.key) : "none"}`,
    ...rules.map(({ segment, distributions = [] }) => {
      const given = distributions.map(({ variant: key, rollout }) => `${rollout} % ${variant(key)}`);
      return `${audience(keysOf(segment), operatorOf(segment))} get ${given.join(", ") || "no variant"}`;
    }),
    ...rollouts.map(({ segment, threshold }) => {
      if (segment) return `${audience(keysOf(segment), operatorOf(segment))} get ${segment.value ?? false}`;
      return `${threshold?.percentage} % get ${threshold?.value ?? false}`;
    }),
  ];
}

/** A master on a database gives constraints in two orders, which mean the same. */
export const segmentBasis = ({ match_type, constraints = [] }: DocumentSegment): string => {
  const all = constraints.map(({ type, property, operator, value = "" }) =>
    [type, property, operator, value].join(" "),
  );
  return `${match_type}: ${all.sort().join(", ") || "everybody"}`;
};

type Choice = string | { key?: string; keys?: string[]; operator?: SegmentOperator };

const keysOf = (choice: Choice): string[] =>
  typeof choice === "string" ? [choice] : choice.key === undefined ? (choice.keys ?? []) : [choice.key];
const operatorOf = (choice: Choice): SegmentOperator =>
  typeof choice === "string" ? "OR_SEGMENT_OPERATOR" : (choice.operator ?? "OR_SEGMENT_OPERATOR");

/** One segment needs no operator, and several have no order. */
const audience = (keys: string[], operator: SegmentOperator): string =>
  keys.length === 1 ? `"${keys[0]}"` : `${operator} of ${JSON.stringify(keys.toSorted())}`;

const namedSegments = ({ rules = [], rollouts = [] }: DocumentFlag): string[] => [
  ...rules.flatMap(({ segment }) => keysOf(segment)),
  ...rollouts.flatMap(({ segment }) => (segment ? keysOf(segment) : [])),
];

/** The first thing in which two bases differ, in words; undefined when they answer alike. */
export function difference(published: Basis, master: Basis): string | undefined {
  for (const key of new Set([...published.flags.keys(), ...master.flags.keys()])) {
    const [ours, theirs] = [published.flags.get(key), master.flags.get(key)];
    if (!ours || !theirs) return `flag "${key}" is ${ours ? "published, but the master evaluates none" : "missing"}`;
    const place = Array.from({ length: Math.max(ours.length, theirs.length) }).findIndex(
      (_, n) => ours[n] !== theirs[n],
    );
    if (place < 0) continue;
    const what = place === 0 ? `flag "${key}"` : `flag "${key}", rule ${place},`;
    return `${what} would be ${told(ours[place])}, the master evaluates ${told(theirs[place])}`;
  }
  for (const key of new Set([...published.segments.keys(), ...master.segments.keys()])) {
    const [ours, theirs] = [published.segments.get(key), master.segments.get(key)];
    if (ours !== theirs) return `segment "${key}" would be ${told(ours)}, the master evaluates ${told(theirs)}`;
  }
  return undefined;
}

const told = (line: string | undefined): string => (line === undefined ? "nothing" : `(${line})`);
