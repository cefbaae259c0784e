import { isDeepStrictEqual } from "node:util";
import { demand, type Endpoint } from "../flipt.ts";
import type { Question } from "./questions.ts";

interface EvaluationResponse {
  flagKey?: string;
  enabled?: boolean;
  match?: boolean;
  reason?: string;
  variantKey?: string;
  variantAttachment?: string;
  segmentKeys?: string[];
}

/** An evaluation without what differs from call to call. */
function essence({ flagKey, enabled, match, reason, variantKey, variantAttachment, segmentKeys }: EvaluationResponse) {
  // A variant without attachment is `null` on a sidecar, empty on a master.
  const attachment: unknown = variantAttachment ? JSON.parse(variantAttachment) : null;
  return { flagKey, enabled, match, reason, variantKey, attachment, segmentKeys: segmentKeys?.toSorted?.() ?? [] };
}

export interface Answers {
  list: ReturnType<typeof essence>[];
  /** How many of them spell a lacking attachment as `null`. */
  nulls: number;
}

const batch = 400;

/**
 * Answers to questions, in their order.
 *
 * @throws {Error} when there is no answer, or a flag is missing
 */
export async function evaluateAll(base: Endpoint, questions: Question[]): Promise<Answers> {
  const answers: Answers = { list: [], nulls: 0 };
  for (let from = 0; from < questions.length; from += batch) {
    const requests = questions.slice(from, from + batch);
    const { responses } = await demand<{ responses: Record<string, EvaluationResponse>[] }>(
      base,
      "/evaluate/v1/batch",
      {
        method: "POST",
        body: { requests },
        timeoutMs: 15_000,
      },
    );
    for (const [index, response] of responses.entries()) {
      const answer = response.booleanResponse ?? response.variantResponse;
      if (!answer)
        throw new Error(`no evaluation in ${JSON.stringify(response)} of "${requests[index]?.namespaceKey}"`);
      answers.list.push(essence(answer));
      if (answer.variantAttachment === "null") answers.nulls += 1;
    }
  }
  return answers;
}

/** The first difference of two lists of answers, in words; undefined when there is none. */
export function difference({ list: left }: Answers, { list: right }: Answers): string | undefined {
  if (left.length !== right.length) return `${left.length} answers against ${right.length}`;
  const index = left.findIndex((answer, i) => !isDeepStrictEqual(answer, right[i]));
  return index < 0 ? undefined : `${JSON.stringify(left[index])} against ${JSON.stringify(right[index])}`;
}
