import type { ComparisonType } from "flipt-document";
import { float32 } from "../float32.ts";
import type { FlagInput } from "../master/flags.ts";
import { attachmentText, choice, type Fields, mapping, mappings, metadata, number, text, truth } from "./fields.ts";
import type { Target } from "./target.ts";
import { rolloutSegment, rolloutThreshold, ruleSegments } from "./targeting.ts";

const versions = ["", "1.0", "1.1", "1.2", "1.3", "1.4"];
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
 * segments with their constraints, then rules and rollouts. Unknown fields are passed over, unknown enum names are the preset.
 *
 * @throws {Error} one line; what was written before stays
 */
export async function importDocuments(
  documents: Iterable<unknown>,
  target: Target,
  skipExisting: boolean,
): Promise<void> {
  let first = true;
  for (const document of documents) {
    if (document === null || document === undefined) continue;
    const fields = mapping(document, "document");
    const version = text(fields.version, "version");
    if (first && !versions.includes(version)) throw new Error(`unsupported version: ${version}`);
    first = false;
    await importDocument(fields, target, skipExisting);
  }
}

async function importDocument(document: Fields, target: Target, skipExisting: boolean): Promise<void> {
  const namespaceKey = await importNamespace(document.namespace, target);
  const flags = mappings(document, "flags", "");
  const segments = mappings(document, "segments", "");
  const skip = skipExisting
    ? {
        flags: await doing("listing flags", () => target.flagKeys(namespaceKey)),
        segments: await doing("listing segments", () => target.segmentKeys(namespaceKey)),
      }
    : { flags: new Set<string>(), segments: new Set<string>() };
  const writer = new NamespaceImport(target, namespaceKey);
  const kept = flags.filter((flag) => !skip.flags.has(text(flag.key, "key")));
  for (const flag of kept) await writer.importFlag(flag);
  for (const segment of segments) {
    if (!skip.segments.has(text(segment.key, "key"))) await writer.importSegment(segment);
  }
  for (const flag of kept) await writer.importTargeting(flag);
}

/** An existing namespace keeps its name and description. */
async function importNamespace(value: unknown, target: Target): Promise<string> {
  if (Array.isArray(value)) throw new Error("unmarshalling document: failed to unmarshal to string or namespace");
  const plain = typeof value === "string";
  const fields = plain ? { key: value, name: value } : mapping(value, "namespace");
  const key = text(fields.key, "namespace.key") || "default";
  if (key !== "default" && !(await target.hasNamespace(key))) {
    const name = text(fields.name, "namespace.name");
    await target.createNamespace({ key, name, description: text(fields.description, "namespace.description") });
  }
  return key;
}

class NamespaceImport {
  readonly #target: Target;
  readonly #namespaceKey: string;
  /** Ids by flag key and variant key. */
  readonly #variants = new Map<string, Map<string, string>>();

  constructor(target: Target, namespaceKey: string) {
    this.#target = target;
    this.#namespaceKey = namespaceKey;
  }

  async importFlag(fields: Fields): Promise<void> {
    const flag: FlagInput = {
      key: text(fields.key, "flag.key"),
      name: text(fields.name, "flag.name"),
      description: text(fields.description, "flag.description"),
      enabled: truth(fields.enabled, "flag.enabled"),
      type: choice(fields.type, ["BOOLEAN_FLAG_TYPE"], "VARIANT_FLAG_TYPE"),
      metadata: metadata(fields.metadata, "flag.metadata"),
    };
    await doing("creating flag", () => this.#target.createFlag(this.#namespaceKey, flag));
    const ids = new Map<string, string>();
    this.#variants.set(flag.key, ids);
    let defaultVariantId = "";
    for (const variant of mappings(fields, "variants", `flag "${flag.key}": `)) {
      const key = text(variant.key, "variant.key");
      const { id } = await this.#importVariant(flag.key, key, variant);
      ids.set(key, id);
      if (truth(variant.default, "variant.default")) defaultVariantId = id;
    }
    if (!defaultVariantId) return;
    await doing("updating flag", () => this.#target.setDefaultVariant(this.#namespaceKey, flag, defaultVariantId));
  }

  #importVariant(flagKey: string, key: string, fields: Fields): Promise<{ id: string }> {
    const variant = {
      key,
      name: text(fields.name, "variant.name"),
      description: text(fields.description, "variant.description"),
      attachment: attachmentText(fields.attachment),
    };
    return doing("creating variant", () => this.#target.createVariant(this.#namespaceKey, flagKey, variant));
  }

  async importSegment(fields: Fields): Promise<void> {
    const key = text(fields.key, "segment.key");
    const segment = {
      key,
      name: text(fields.name, "segment.name"),
      description: text(fields.description, "segment.description"),
      matchType: choice(fields.match_type, ["ANY_MATCH_TYPE"], "ALL_MATCH_TYPE"),
    };
    await doing("creating segment", () => this.#target.createSegment(this.#namespaceKey, segment));
    for (const constraint of mappings(fields, "constraints", `segment "${key}": `)) {
      await this.#importConstraint(key, constraint);
    }
  }

  /** The description is lost, as in v1.61.1. */
  async #importConstraint(segmentKey: string, fields: Fields): Promise<void> {
    const constraint = {
      type: choice<string>(fields.type, comparisons, "UNKNOWN_COMPARISON_TYPE") as ComparisonType,
      property: text(fields.property, "constraint.property"),
      operator: text(fields.operator, "constraint.operator").toLowerCase(),
      value: text(fields.value, "constraint.value"),
      description: "",
    };
    await doing("creating constraint", () => this.#target.createConstraint(this.#namespaceKey, segmentKey, constraint));
  }

  async importTargeting(fields: Fields): Promise<void> {
    const key = text(fields.key, "flag.key");
    const path = `flag "${key}": `;
    for (const [index, rule] of mappings(fields, "rules", path).entries()) await this.#importRule(key, index, rule);
    for (const [index, rollout] of mappings(fields, "rollouts", path).entries()) {
      await this.#importRollout(key, index, rollout);
    }
  }

  async #importRule(flagKey: string, index: number, fields: Fields): Promise<void> {
    const segment = ruleSegments(fields.segment);
    if (!segment) throw new Error(`creating rule: no segment in rule ${index + 1} of flag "${flagKey}"`);
    const rule = { ...segment, rank: index + 1 };
    const { id } = await doing("creating rule", () => this.#target.createRule(this.#namespaceKey, flagKey, rule));
    for (const distribution of mappings(fields, "distributions", `flag "${flagKey}": `)) {
      const variant = text(distribution.variant, "distribution.variant");
      const variantId = this.#variants.get(flagKey)?.get(variant);
      if (variantId === undefined) throw new Error(`finding variant: ${variant}; flag: ${flagKey}`);
      const rollout = float32(number(distribution.rollout, "distribution.rollout"));
      const rulePath = { namespaceKey: this.#namespaceKey, flagKey, ruleId: id };
      await doing("creating distribution", () => this.#target.createDistribution(rulePath, { variantId, rollout }));
    }
  }

  async #importRollout(flagKey: string, index: number, fields: Fields): Promise<void> {
    const { segment, threshold } = fields;
    if (segment && threshold) {
      const name = `${this.#namespaceKey}/${flagKey}/${index}`;
      throw new Error(`rollout "${name}" cannot have both segment and percentage rule`);
    }
    const rollout = {
      rank: index + 1,
      description: text(fields.description, "rollout.description"),
      ...(segment ? { segment: rolloutSegment(mapping(segment, "rollout.segment")) } : {}),
      ...(threshold ? { threshold: rolloutThreshold(mapping(threshold, "rollout.threshold")) } : {}),
    };
    await doing("creating rollout", () => this.#target.createRollout(this.#namespaceKey, flagKey, rollout));
  }
}
