import type { ComparisonType, SegmentOperator } from "flipt-document";
import { float32 } from "../float32.ts";
import { withoutValue } from "../management/comparison.ts";
import type { FlagInput } from "../master/flags.ts";
import type { SegmentChoice } from "../master/segment-choice.ts";
import {
  documentShape,
  type ImportedConstraint,
  type ImportedDocument,
  type ImportedFlag,
  type ImportedRollout,
  type ImportedRule,
  type ImportedSegment,
  type ImportedVariant,
} from "./document.ts";
import type { Documents } from "./documents.ts";
import { attachmentText, metadata } from "./json.ts";
import { readShape } from "./shape.ts";
import type { Target } from "./target.ts";
import { readVersion, since, type Version } from "./version.ts";

const comparisons: readonly ComparisonType[] = [
  "STRING_COMPARISON_TYPE",
  "NUMBER_COMPARISON_TYPE",
  "BOOLEAN_COMPARISON_TYPE",
  "DATETIME_COMPARISON_TYPE",
  "ENTITY_ID_COMPARISON_TYPE",
];

/** Puts what was being done before the reason. */
export async function doing<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${what}: ${error.message}`, { cause: error });
  }
}

/**
 * Imports a stream of documents in the order of v1.61.1 (recorded): in each document flags with their variants, then
 * segments with their constraints, then rules and rollouts. The first document tells the version of all. Unknown fields are
 * passed over, unknown enum names are the preset.
 *
 * @throws {Error} one line; what was written before stays, but nothing of a document with a value of a wrong type
 */
export async function importDocuments(
  { format, documents }: Documents,
  target: Target,
  skipExisting: boolean,
): Promise<void> {
  let version: Version | undefined;
  for (const value of documents) {
    const document = readShape(value, documentShape, format);
    version ??= readVersion(document?.version ?? "");
    if (document) await importDocument(document, version, target, skipExisting);
  }
}

async function importDocument(
  { namespace, flags, segments }: ImportedDocument,
  version: Version,
  target: Target,
  skipExisting: boolean,
): Promise<void> {
  const namespaceKey = await importNamespace(namespace, target);
  const skip = skipExisting
    ? {
        flags: await doing("listing flags", () => target.flagKeys(namespaceKey)),
        segments: await doing("listing segments", () => target.segmentKeys(namespaceKey)),
      }
    : { flags: new Set<string>(), segments: new Set<string>() };
  const writer = new NamespaceImport(target, namespaceKey, version);
  const kept = flags.filter(({ key }) => !skip.flags.has(key));
  for (const flag of kept) await writer.importFlag(flag);
  for (const segment of segments) if (!skip.segments.has(segment.key)) await writer.importSegment(segment);
  for (const flag of kept) await writer.importTargeting(flag);
}

/** An existing namespace keeps its name and description. */
async function importNamespace(value: ImportedDocument["namespace"], target: Target): Promise<string> {
  const given = typeof value === "string" ? { key: value, name: value, description: "" } : value;
  const key = given?.key || "default";
  if (given && key !== "default" && !(await target.hasNamespace(key))) await target.createNamespace({ ...given, key });
  return key;
}

/** A name of an enum, or its preset when it is unknown: an import does not check. */
const choice = <Name extends string>(value: string, names: readonly Name[], preset: Name): Name =>
  names.find((name) => name === value) ?? preset;

const operators: readonly SegmentOperator[] = ["OR_SEGMENT_OPERATOR", "AND_SEGMENT_OPERATOR"];

const segmentChoice = (segmentKey: string, segmentKeys: readonly string[] = [], operator = ""): SegmentChoice => ({
  segmentKey,
  segmentKeys,
  segmentOperator: choice(operator, operators, "OR_SEGMENT_OPERATOR"),
});

class NamespaceImport {
  readonly #target: Target;
  readonly #namespaceKey: string;
  readonly #version: Version;
  /** Ids by flag key and variant key. */
  readonly #variants = new Map<string, Map<string, string>>();

  constructor(target: Target, namespaceKey: string, version: Version) {
    this.#target = target;
    this.#namespaceKey = namespaceKey;
    this.#version = version;
  }

  async importFlag({ type, variants, rules: _, rollouts: __, ...fields }: ImportedFlag): Promise<void> {
    if (type !== "") since("1.1", this.#version, "flag.type");
    const flag: FlagInput = {
      ...fields,
      type: choice(type, ["BOOLEAN_FLAG_TYPE"], "VARIANT_FLAG_TYPE"),
      metadata: metadata(fields.metadata),
    };
    await doing("creating flag", () => this.#target.createFlag(this.#namespaceKey, flag));
    const ids = new Map<string, string>();
    this.#variants.set(flag.key, ids);
    let defaultVariantId = "";
    for (const variant of variants) {
      const { id } = await this.#importVariant(flag.key, variant);
      ids.set(variant.key, id);
      if (!variant.default) continue;
      since("1.3", this.#version, "variant.default");
      defaultVariantId = id;
    }
    if (!defaultVariantId) return;
    await doing("updating flag", () => this.#target.setDefaultVariant(this.#namespaceKey, flag, defaultVariantId));
  }

  #importVariant(flagKey: string, { default: _, attachment, ...fields }: ImportedVariant): Promise<{ id: string }> {
    const variant = { ...fields, attachment: attachmentText(attachment) };
    return doing("creating variant", () => this.#target.createVariant(this.#namespaceKey, flagKey, variant));
  }

  async importSegment({ match_type, constraints, ...fields }: ImportedSegment): Promise<void> {
    const segment = { ...fields, matchType: choice(match_type, ["ANY_MATCH_TYPE"], "ALL_MATCH_TYPE") };
    await doing("creating segment", () => this.#target.createSegment(this.#namespaceKey, segment));
    for (const constraint of constraints) await this.#importConstraint(segment.key, constraint);
  }

  /** The description is lost, as in v1.61.1. */
  async #importConstraint(segmentKey: string, { type, property, ...fields }: ImportedConstraint): Promise<void> {
    const operator = fields.operator.toLowerCase();
    const constraint = {
      type: choice<string>(type, comparisons, "UNKNOWN_COMPARISON_TYPE") as ComparisonType,
      property,
      operator,
      value: withoutValue.has(operator) ? "" : fields.value,
      description: "",
    };
    await doing("creating constraint", () => this.#target.createConstraint(this.#namespaceKey, segmentKey, constraint));
  }

  async importTargeting({ key, rules, rollouts }: ImportedFlag): Promise<void> {
    for (const [index, rule] of rules.entries()) await this.#importRule(key, index, rule);
    if (rollouts.length > 0) since("1.1", this.#version, "flag.rollouts");
    for (const [index, rollout] of rollouts.entries()) await this.#importRollout(key, index, rollout);
  }

  async #importRule(flagKey: string, index: number, { segment, rank, distributions }: ImportedRule): Promise<void> {
    if (segment === undefined) throw new Error(`creating rule: no segment in rule ${index + 1} of flag "${flagKey}"`);
    const chosen =
      typeof segment === "string" ? segmentChoice(segment) : segmentChoice("", segment.keys, segment.operator);
    // version 1.0 left the rank to the document
    const rule = { ...chosen, rank: rank || (this.#version === "1.0" ? 0 : index + 1) };
    const { id } = await doing("creating rule", () => this.#target.createRule(this.#namespaceKey, flagKey, rule));
    for (const distribution of distributions) {
      const variantId = this.#variants.get(flagKey)?.get(distribution.variant);
      if (variantId === undefined) throw new Error(`finding variant: ${distribution.variant}; flag: ${flagKey}`);
      const rollout = float32(distribution.rollout);
      const rulePath = { namespaceKey: this.#namespaceKey, flagKey, ruleId: id };
      await doing("creating distribution", () => this.#target.createDistribution(rulePath, { variantId, rollout }));
    }
  }

  async #importRollout(
    flagKey: string,
    index: number,
    { description, segment, threshold }: ImportedRollout,
  ): Promise<void> {
    if (segment && threshold) {
      const name = `${this.#namespaceKey}/${flagKey}/${index}`;
      throw new Error(`rollout "${name}" cannot have both segment and percentage rule`);
    }
    if (segment && segment.keys.length > 0) since("1.2", this.#version, "flag.rollouts[*].segment.keys");
    const rollout = {
      rank: index + 1,
      description,
      segment: segment && { ...segmentChoice(segment.key, segment.keys, segment.operator), value: segment.value },
      threshold: threshold && { ...threshold, percentage: float32(threshold.percentage) },
    };
    await doing("creating rollout", () => this.#target.createRollout(this.#namespaceKey, flagKey, rollout));
  }
}
