import { timeless } from "./answers.ts";
import type { Question } from "./arbitrary.ts";

/** What an instance answers to all questions of a namespace, without what differs from call to call. */
export async function evaluations(
  url: string,
  namespaceKey: string,
  questions: readonly Question[],
): Promise<string[]> {
  const requests = questions.map((question) => ({ ...question, namespaceKey }));
  const response = await fetch(`${url}/evaluate/v1/batch`, { method: "POST", body: JSON.stringify({ requests }) });
  const body = (await response.json()) as { responses?: object[] };
  if (!response.ok || !body.responses) return requests.map(() => `${response.status} ${JSON.stringify(body)}`);
  return body.responses.map((item) => JSON.stringify(timeless(item)));
}
