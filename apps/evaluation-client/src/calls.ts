import { isDeepStrictEqual } from "node:util";
import type { Evaluation } from "./evaluation.ts";

/** An evaluation that was asked for, and how many times in a row with the same answer. */
export interface Call extends Evaluation {
  times: number;
}

/** How many calls are remembered. */
export const callLimit = 50;

/**
 * The calls with one more in front. A question that is asked again and answered the same counts up the newest call: who
 * watches a flag does not push everything else out.
 */
export function remember(calls: readonly Call[], evaluation: Evaluation): Call[] {
  const [newest, ...older] = calls;
  if (newest && isDeepStrictEqual(essence(newest), essence(evaluation))) {
    return [{ ...evaluation, times: newest.times + 1 }, ...older];
  }
  return [{ ...evaluation, times: 1 }, ...calls].slice(0, callLimit);
}

function essence({ question, answers }: Evaluation): unknown {
  return [question, JSON.stringify(answers, (name, value) => (name === "latencyMs" ? undefined : value))];
}
