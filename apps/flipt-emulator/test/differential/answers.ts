import type { Question } from "./arbitrary.ts";

/** What an instance answers to all questions of a namespace, without what differs from call to call. */
export async function answers(url: string, namespaceKey: string, questions: readonly Question[]): Promise<string[]> {
  const requests = questions.map((question) => ({ ...question, namespaceKey }));
  const response = await fetch(`${url}/evaluate/v1/batch`, { method: "POST", body: JSON.stringify({ requests }) });
  const body = (await response.json()) as { responses?: object[] };
  if (!response.ok || !body.responses) return requests.map(() => `${response.status} ${JSON.stringify(body)}`);
  return body.responses.map((item) => JSON.stringify(timeless(item)));
}

const changing = new Set(["requestId", "requestDurationMillis", "timestamp"]);

/** Keys sorted, without times and ids; the order of segments is random in the original. */
function timeless(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return key === "segmentKeys" ? [...value].sort() : value.map((item) => timeless(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !changing.has(name));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, timeless(item, name)]),
  );
}
