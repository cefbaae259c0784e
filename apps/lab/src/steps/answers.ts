import { isDeepStrictEqual } from "node:util";
import { demand, type Endpoint, listFlags } from "../flipt.ts";

const entities = Array.from({ length: 40 }, (_, i) => (i === 0 ? "admin" : `user-${i}`));

/** Contexts that reach each rule of the seed, together with those that reach none. */
const contexts: Record<string, string>[] = [
  {},
  { email: "ann@shop.example" },
  { signedIn: "false" },
  { country: "DE", plan: "gold", memberSince: "2025-03-01T00:00:00Z" },
  { total: "120.5", coupon: "SPRING" },
  { beta: "true", country: "US" },
];

interface EvaluationResponse {
  flagKey?: string;
  enabled?: boolean;
  match?: boolean;
  reason?: string;
  variantKey?: string;
  variantAttachment?: string;
  segmentKeys?: string[];
}

/** An evaluation without what differs from call to call. A variant without attachment is `null` on a sidecar, empty on a master. */
function essence({ flagKey, enabled, match, reason, variantKey, variantAttachment, segmentKeys }: EvaluationResponse) {
  const attachment: unknown = variantAttachment ? JSON.parse(variantAttachment) : null;
  return { flagKey, enabled, match, reason, variantKey, attachment, segmentKeys: segmentKeys?.toSorted?.() ?? [] };
}

export type Answers = ReturnType<typeof essence>[];

/**
 * Every flag of a namespace, evaluated for many entities and contexts.
 *
 * @throws {Error} when there is no answer, or a flag is missing
 */
export async function evaluateAll(base: Endpoint, namespaceKey: string, flagKeys: string[]): Promise<Answers> {
  const requests = flagKeys.flatMap((flagKey) =>
    contexts.flatMap((context) => entities.map((entityId) => ({ namespaceKey, flagKey, entityId, context }))),
  );
  const { responses } = await demand<{ responses: Record<string, EvaluationResponse>[] }>(base, "/evaluate/v1/batch", {
    method: "POST",
    body: { requests },
    timeoutMs: 15_000,
  });
  return responses.map((response) => {
    const answer = response.booleanResponse ?? response.variantResponse;
    if (!answer) throw new Error(`no evaluation in ${JSON.stringify(response)} of "${namespaceKey}"`);
    return essence(answer);
  });
}

export const flagKeys = async (base: Endpoint, namespace: string): Promise<string[]> =>
  (await listFlags(base, namespace)).map(({ key }) => key).sort();

/** The first difference of two lists of answers, in words; undefined when there is none. */
export function difference(left: Answers, right: Answers): string | undefined {
  if (left.length !== right.length) return `${left.length} answers against ${right.length}`;
  const index = left.findIndex((answer, i) => !isDeepStrictEqual(answer, right[i]));
  return index < 0 ? undefined : `${JSON.stringify(left[index])} against ${JSON.stringify(right[index])}`;
}
