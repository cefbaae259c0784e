import type { DocumentConstraint, DocumentRollout, DocumentRule, DocumentVariant } from "../document.ts";
import { formatJson, parseJson } from "../json.ts";
import type { FoundChoice, FoundFlag, FoundRollout, FoundRule, FoundSegment } from "./found.ts";
import { Refusal } from "./master.ts";

// Both sides of a comparison are spelt as a master of v1.61.1 keeps them: shares as 32-bit numbers, each segment once,
// no value where the operator takes none, dates in UTC.

const choice = (keys: string[], operator: string | null | undefined) => {
  const each = [...new Set(keys)].sort();
  return each.length > 1 ? [each, operator ?? "OR_SEGMENT_OPERATOR"] : each;
};

const foundChoice = ({ segmentKey, segmentKeys = [], segmentOperator }: FoundChoice) =>
  choice(segmentKey ? [segmentKey] : segmentKeys, segmentOperator);

/** The segments of a rule, as its document names them. */
export const ruleKeys = ({ segment }: DocumentRule) => (typeof segment === "string" ? { keys: [segment] } : segment);

/** The segments of a rollout, as its document names them. */
export const rolloutKeys = ({ segment }: DocumentRollout): string[] =>
  segment?.key === undefined ? (segment?.keys ?? []) : [segment.key];

const wantedRule = (rule: DocumentRule) => {
  const { keys, operator } = { operator: undefined, ...ruleKeys(rule) };
  return choice(keys, operator);
};

const wantedRollout = (rollout: DocumentRollout) => {
  const { description = "", segment, threshold } = rollout;
  return segment
    ? [description, choice(rolloutKeys(rollout), segment.operator), segment.value ?? false]
    : [description, Math.fround(Number(threshold?.percentage)), threshold?.value ?? false];
};

const foundRollout = ({ description, segment, threshold }: FoundRollout) =>
  segment
    ? [description, foundChoice(segment), segment.value]
    : [description, Math.fround(Number(threshold?.percentage)), threshold?.value];

const wantedVariant = ({ key, name = "", description = "", attachment }: DocumentVariant) => [
  key,
  name,
  description,
  attachment === undefined || attachment === null ? "" : formatJson(attachment),
];

const foundVariant = ({ key, name, description, attachment }: FoundFlag["variants"][number]) => [
  key,
  name,
  description,
  attachment && formatJson(parseJson(attachment)),
];

const valueless = new Set(["empty", "notempty", "present", "notpresent", "true", "false"]);

function constraint({ type, property, operator, value = "", description = "" }: Partial<DocumentConstraint>) {
  const word = operator?.toLowerCase() ?? "";
  const date = type === "DATETIME_COMPARISON_TYPE" ? Date.parse(value) : Number.NaN;
  const kept = valueless.has(word) ? "" : Number.isNaN(date) ? value : Math.floor(date / 1000);
  return [type, property, word, kept, description];
}

const surplus = (what: string, item: string): Refusal =>
  new Refusal(`${what} ${item} is on the master and not in the document: somebody has changed it meanwhile`);

/** What of a list without order is not there yet. */
function lacking<Wanted>(what: string, wanted: Wanted[], spell: (item: Wanted) => unknown, found: unknown[]): Wanted[] {
  const left = [...wanted];
  for (const item of found.map((each) => JSON.stringify(each))) {
    const index = left.findIndex((each) => JSON.stringify(spell(each)) === item);
    if (index < 0) throw surplus(what, item);
    left.splice(index, 1);
  }
  return left;
}

/** What of a list in the order of ranks is not there yet. */
function rest<Wanted>(what: string, wanted: Wanted[], spell: (item: Wanted) => unknown, found: unknown[]): Wanted[] {
  for (const [index, item] of found.map((each) => JSON.stringify(each)).entries()) {
    const other = wanted[index];
    if (other === undefined || JSON.stringify(spell(other)) !== item) throw surplus(`${what} ${index + 1}`, item);
  }
  return wanted.slice(found.length);
}

const ranked = <Item extends { rank: number }>(items: Item[]): Item[] => items.toSorted((a, b) => a.rank - b.rank);

/**
 * The constraints of a segment that are not there yet.
 *
 * @throws {Refusal} when there is one that the document lacks; so do the others
 */
export const lackingConstraints = (name: string, wanted: DocumentConstraint[], found: FoundSegment) =>
  lacking(`${name}: constraint`, wanted, constraint, (found.constraints as DocumentConstraint[]).map(constraint));

/** The variants of a flag that are not there yet. */
export const lackingVariants = (name: string, wanted: DocumentVariant[], { variants }: FoundFlag) =>
  lacking(`${name}: variant`, wanted, wantedVariant, variants.map(foundVariant));

/** The rollouts of a flag that are not there yet. */
export const lackingRollouts = (name: string, wanted: DocumentRollout[], found: FoundRollout[]) =>
  rest(`${name}: rollout`, wanted, wantedRollout, ranked(found).map(foundRollout));

/** The rules of a flag, each with the id that it has on the master, if any, and the distributions that are not there yet. */
export function compareRules(name: string, wanted: DocumentRule[], found: FoundRule[], { variants }: FoundFlag) {
  const rules = ranked(found);
  const keys = new Map(variants.map(({ id, key }) => [id, key]));
  rest(`${name}: rule`, wanted, wantedRule, rules.map(foundChoice));
  return wanted.map((rule, index) => {
    const there = rules[index]?.distributions ?? [];
    const shares = lacking(
      `${name}: rule ${index + 1}: distribution`,
      rule.distributions ?? [],
      ({ variant, rollout }) => [variant, Math.fround(rollout)],
      there.map(({ variantId, rollout }) => [keys.get(variantId), Math.fround(rollout)]),
    );
    return { rule, id: rules[index]?.id, shares };
  });
}
