import { Fault } from "../fault.ts";
import type { FlagState, NamespaceState, Rollout } from "../model.ts";
import { thresholdBucket } from "./bucket.ts";
import { type Audience, audienceOf, type Entity, matching, perFlag } from "./segment.ts";
import type { Reason } from "./variant.ts";

export interface BooleanResult {
  enabled: boolean;
  reason: Reason;
  segmentKeys: readonly string[];
}

const steps = perFlag(({ rollouts }, segments) =>
  rollouts.map((rollout) => ({ rollout, audience: rollout.segment && audienceOf(rollout.segment, segments) })),
);

/**
 * Evaluates a boolean flag: the first rollout that applies decides, also when the flag is disabled.
 *
 * @throws {Fault} 500 when ranks are out of order
 */
export function evaluateBoolean(state: FlagState, namespace: NamespaceState, entity: Entity): BooleanResult {
  const { flag } = state;
  let rank = 0;
  for (const { rollout, audience } of steps(state, namespace)) {
    if (rollout.rank < rank) throw new Fault(13, `rollout rank: ${rollout.rank} detected out of order`);
    rank = rollout.rank;
    const result = roll(rollout, audience, flag.key, entity);
    if (result) return { ...result, reason: "MATCH_EVALUATION_REASON" };
  }
  return { enabled: flag.enabled, reason: "DEFAULT_EVALUATION_REASON", segmentKeys: [] };
}

function roll({ threshold, segment }: Rollout, audience: Audience | undefined, flagKey: string, entity: Entity) {
  if (threshold && thresholdBucket(flagKey, entity.entityId) < threshold.percentage) {
    return { enabled: threshold.value, segmentKeys: [] };
  }
  const segmentKeys = segment && audience && matching(audience, entity);
  return segmentKeys && { enabled: segment.value, segmentKeys };
}
