import type {
  ComparisonType,
  DocumentFlag,
  DocumentRollout,
  DocumentRule,
  DocumentSegment,
  DocumentVariant,
  FlagType,
  MatchType,
  SegmentOperator,
} from "flipt-document";
import { type Basis, flagBasis, segmentBasis } from "../basis.ts";
import { unreachable } from "../stop.ts";
import { Fields } from "./fields.ts";
import { Items } from "./items.ts";
import { attached } from "./translate.ts";

/**
 * Reads the body of a snapshot flag by flag, as it comes. A rule of n segments stands in it n times, each time with all n
 * segments and n times its distributions (recorded from v1.61.1), so that it can be a hundred times as long as what is
 * published.
 */
export class SnapshotReader {
  readonly #items = new Items();
  readonly #decoder = new TextDecoder();
  readonly #basis: Basis = { flags: new Map(), segments: new Map() };
  readonly #where: string;

  /** @param where names the request in an error */
  constructor(where: string) {
    this.#where = where;
  }

  /** @throws {Stop} when a flag lacks a field */
  push(chunk: Buffer): void {
    for (const text of this.#items.push(this.#decoder.decode(chunk, { stream: true }))) this.#add(text);
  }

  /** @throws {Stop} when the body was no snapshot, or not a whole one */
  end(): Basis {
    const { flags } = this.#parsed(this.#items.frame + this.#decoder.decode()) as { flags?: unknown };
    if (!Array.isArray(flags) || flags.length !== this.#basis.flags.size)
      throw unreachable(`${this.#where}: ${this.#basis.flags.size} flags in it, but no list "flags" of so many`);
    return this.#basis;
  }

  #add(text: string): void {
    const flag = new Fields(this.#parsed(text), `${this.#where} flags`);
    this.#basis.flags.set(flag.text("key"), flagBasis(flagOf(flag)));
    for (const target of [
      ...flag.list("rules"),
      ...flag.list("rollouts").flatMap((each) => each.object("segment") ?? []),
    ])
      for (const segment of target.list("segments")) {
        const key = segment.text("key");
        if (!this.#basis.segments.has(key)) this.#basis.segments.set(key, segmentBasis(segmentOf(segment)));
      }
  }

  #parsed(text: string): object {
    try {
      return JSON.parse(text) ?? {};
    } catch (error) {
      throw unreachable(`${this.#where}: answer is not JSON`, error);
    }
  }
}

function flagOf(flag: Fields): DocumentFlag {
  const base = flag.object("defaultVariant");
  // the same rule stands there once for each of its segments
  const rules = [...new Map(flag.list("rules").map((rule) => [rule.text("id"), rule])).values()];
  const distributions = rules.flatMap((rule) => rule.list("distributions"));
  return {
    key: flag.text("key"),
    name: "",
    type: flag.word("type") as FlagType,
    enabled: flag.boolean("enabled"),
    variants: [
      ...distributions.map((each) => variantOf(each.text("variantKey"), each.text("variantAttachment"))),
      ...(base ? [{ ...variantOf(base.text("key"), base.text("attachment")), default: true }] : []),
    ],
    rules: rules.map(ruleOf),
    rollouts: flag.list("rollouts").map(rolloutOf),
  };
}

const variantOf = (key: string, attachment: string): DocumentVariant => ({
  key,
  ...(attachment && { attachment: attached(attachment, key) }),
});

function ruleOf(rule: Fields): DocumentRule {
  const segments = rule.list("segments").map((segment) => segment.text("key"));
  const repeated = rule.list("distributions");
  const distributions = repeated.slice(0, repeated.length / Math.max(1, segments.length));
  return {
    segment: { keys: segments, operator: rule.word("segmentOperator") as SegmentOperator },
    distributions: distributions.map((each) => ({ variant: each.text("variantKey"), rollout: each.number("rollout") })),
  };
}

function rolloutOf(rollout: Fields): DocumentRollout {
  const segment = rollout.object("segment");
  const threshold = rollout.object("threshold");
  return {
    ...(segment && {
      segment: {
        keys: segment.list("segments").map((each) => each.text("key")),
        operator: segment.word("segmentOperator") as SegmentOperator,
        value: segment.boolean("value"),
      },
    }),
    ...(threshold && {
      threshold: { percentage: threshold.number("percentage"), value: threshold.boolean("value") },
    }),
  };
}

/** The types are named otherwise than in the management API. */
const segmentOf = (segment: Fields): DocumentSegment => ({
  key: segment.text("key"),
  name: "",
  match_type: segment.word("matchType").replace("_SEGMENT_MATCH_TYPE", "_MATCH_TYPE") as MatchType,
  constraints: segment.list("constraints").map((constraint) => ({
    type: constraint.word("type").replace("_CONSTRAINT_COMPARISON_TYPE", "_COMPARISON_TYPE") as ComparisonType,
    property: constraint.text("property"),
    operator: constraint.text("operator"),
    value: constraint.text("value"),
  })),
});
