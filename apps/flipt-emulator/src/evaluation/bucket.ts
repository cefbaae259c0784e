import { crc32 } from "node:zlib";
import type { Distribution, Rule } from "../model.ts";

/** 0 to 999: where an entity falls among a variant flag's distributions. */
export const variantBucket = (flagKey: string, entityId: string): number => crc32(flagKey + entityId) % 1000;

/** 0 to 99: where an entity falls in a threshold; the two keys stand the other way round. */
export const thresholdBucket = (flagKey: string, entityId: string): number => crc32(entityId + flagKey) % 100;

interface Bound {
  distribution: Distribution;
  /** Buckets below this one belong to the distribution. */
  end: number;
}

const known = new WeakMap<Rule, readonly Bound[]>();

/**
 * The distributions of a rule that hold anything, with their bounds in tenths of a percent. A share is cut, in 32 bit
 * arithmetic, to whole tenths: three of 33.33 leave the last buckets to nobody.
 */
export function bounds(rule: Rule): readonly Bound[] {
  const cached = known.get(rule);
  if (cached) return cached;
  let end = 0;
  const list = rule.distributions
    .filter(({ rollout }) => rollout > 0)
    .map((distribution) => {
      end += Math.trunc(Math.fround(Math.fround(distribution.rollout) * 10));
      return { distribution, end };
    });
  known.set(rule, list);
  return list;
}
