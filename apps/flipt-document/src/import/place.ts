import type { DocumentFlag, DocumentSegment } from "../document.ts";
import { formatJson } from "../json.ts";
import {
  compareRules,
  lackingConstraints,
  lackingRollouts,
  lackingVariants,
  rolloutKeys,
  ruleKeys,
} from "./compare.ts";
import type { FoundFlag, FoundRollout, FoundRule, FoundSegment } from "./found.ts";
import { at, Refusal, type Send } from "./master.ts";

/**
 * The description of a flag or segment that is not whole yet. The last write to each object puts the document's own
 * description in its place, so that a run that is cut off anywhere leaves a mark on what it has not finished, on the
 * master itself. Whatever bears it is completed by the next run; whatever does not is people's and stays as it is.
 */
export const mark = "An import has begun this and has not finished it yet";

async function read<T>(send: Send, label: string, path: string): Promise<T> {
  const found = await send("GET", path);
  if (found === undefined) throw new Error(`${label} was written and is not on the master: has somebody removed it?`);
  return found as T;
}

const insistOnNothing = (label: string, what: string, lacking: unknown[]): void => {
  if (lacking.length > 0)
    throw new Refusal(
      `${label} lacks ${lacking.length} ${what} that the master has said it took: ${JSON.stringify(lacking[0])}`,
    );
};

/** Makes a segment, or goes on with one that bears the mark. */
export async function placeSegment(
  send: Send,
  namespace: string,
  label: string,
  wanted: DocumentSegment,
  found: FoundSegment | undefined,
): Promise<void> {
  const { key, name, description = "", match_type: matchType, constraints = [] } = wanted;
  const path = at(namespace, "segments", key);
  if (!found) await send("POST", at(namespace, "segments"), { key, name, description: mark, matchType });
  const there = found ?? { key, description: mark, constraints: [] };
  for (const constraint of lackingConstraints(label, constraints, there))
    await send("POST", `${path}/constraints`, constraint);
  const whole = await read<FoundSegment>(send, label, path);
  insistOnNothing(label, "constraints", lackingConstraints(label, constraints, whole));
  await send("PUT", path, { name, description, matchType });
}

/** Makes a flag, or goes on with one that bears the mark. */
export async function placeFlag(
  send: Send,
  namespace: string,
  label: string,
  wanted: DocumentFlag,
  found: FoundFlag | undefined,
): Promise<void> {
  const { key, name, type = "VARIANT_FLAG_TYPE", description = "", enabled = false, metadata = {} } = wanted;
  const { variants = [], rules = [], rollouts = [] } = wanted;
  const path = at(namespace, "flags", key);
  if (found && found.type !== type)
    throw new Refusal(`${label} is a ${found.type} on the master, a ${type} in the document`);
  // Switched off until it is whole: half its rules answer to nobody.
  if (!found)
    await send("POST", at(namespace, "flags"), { key, name, type, description: mark, enabled: false, metadata });
  const there = found ?? { key, name, description: mark, type, variants: [] };
  for (const { attachment, ...variant } of lackingVariants(label, variants, there)) {
    const text = attachment === undefined || attachment === null ? "" : formatJson(attachment);
    await send("POST", `${path}/variants`, {
      key: variant.key,
      name: variant.name,
      description: variant.description,
      attachment: text,
    });
  }
  const flag = await read<FoundFlag>(send, label, path);
  insistOnNothing(label, "variants", lackingVariants(label, variants, flag));
  const id = (variant: string): string | undefined => flag.variants.find(({ key }) => key === variant)?.id;
  const readTargets = async () => {
    const read = async (list: string): Promise<unknown[]> =>
      ((await send("GET", `${path}/${list}`)) as { rules: unknown[] } | undefined)?.rules ?? [];
    const [foundRules, foundRollouts] = await Promise.all([read("rules"), read("rollouts")]);
    return {
      rules: compareRules(label, rules, foundRules as FoundRule[], flag),
      rollouts: lackingRollouts(label, rollouts, foundRollouts as FoundRollout[]),
    };
  };

  const lacking = await readTargets();
  for (const [index, { rule, id: known, shares }] of lacking.rules.entries()) {
    const ruleId = known ?? (await createRule(send, `${path}/rules`, ruleKeys(rule), index + 1));
    for (const { variant, rollout } of shares)
      await send("POST", `${path}/rules/${ruleId}/distributions`, { variantId: id(variant), rollout });
  }
  for (const rollout of lacking.rollouts) {
    const { description: text, segment, threshold } = rollout;
    const body = segment
      ? { segment: { segmentKeys: rolloutKeys(rollout), segmentOperator: segment.operator, value: segment.value } }
      : { threshold };
    await send("POST", `${path}/rollouts`, { rank: rollouts.indexOf(rollout) + 1, description: text, ...body });
  }
  const now = await readTargets();
  insistOnNothing(
    label,
    "rules",
    now.rules.flatMap(({ rule, id }) => (id ? [] : rule)),
  );
  insistOnNothing(
    label,
    "distributions",
    now.rules.flatMap(({ shares }) => shares),
  );
  insistOnNothing(label, "rollouts", now.rollouts);
  const base = variants.find((variant) => variant.default);
  await send("PUT", path, { name, description, enabled, metadata, defaultVariantId: base && id(base.key) });
}

async function createRule(
  send: Send,
  path: string,
  { keys, operator }: { keys: string[]; operator?: string | undefined },
  rank: number,
): Promise<string> {
  const answer = await send("POST", path, { segmentKeys: keys, segmentOperator: operator, rank });
  const { id } = answer as { id?: string };
  if (!id) throw new Refusal(`POST "${path}": the answer names no rule`);
  return id;
}
