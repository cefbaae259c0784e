import { Fault } from "../fault.ts";
import type { FlagState, NamespaceState, Rollout } from "../model.ts";
import { thresholdBucket } from "./bucket.ts";
import { applies, type Entity } from "./segment.ts";
import type { Reason } from "./variant.ts";

export interface BooleanResult {
  enabled: boolean;
  reason: Reason;
  segmentKeys: readonly string[];
}

/**
 * Evaluates a boolean flag: the first rollout that applies decides, also when the flag is disabled.
 *
 * @throws {Fault} 500 when ranks are out of order
 */
export function evaluateBoolean({ flag, rollouts }: FlagState, state: NamespaceState, entity: Entity): BooleanResult {
  let rank = 0;
  for (const rollout of rollouts) {
    if (rollout.rank < rank) throw new Fault(13, `rollout rank: ${rollout.rank} detected out of order`);
    rank = rollout.rank;
    const result = roll(rollout, flag.key, state, entity);
    if (result) return { ...result, reason: "MATCH_EVALUATION_REASON" };
  }
  return { enabled: flag.enabled, reason: "DEFAULT_EVALUATION_REASON", segmentKeys: [] };
}

function roll({ threshold, segment }: Rollout, flagKey: string, state: NamespaceState, entity: Entity) {
  if (threshold && thresholdBucket(flagKey, entity.entityId) < threshold.percentage) {
    return { enabled: threshold.value, segmentKeys: [] };
  }
  const segmentKeys = segment && applies(segment, state, entity);
  return segmentKeys && { enabled: segment.value, segmentKeys };
}
