/**
 * Asks this application's API. An answer that carries evaluations is an answer, whatever its status.
 *
 * @throws {Error} one line: the API's own message, or that the application does not answer
 */
export async function request(path, body) {
  const options = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(70_000) }).catch((cause) => {
    throw new Error("the application itself does not answer: is it running?", { cause });
  });
  const answer = await response.json();
  if (answer.error) throw new Error(answer.error.message);
  return answer;
}

/** The same, or undefined when there is no answer. */
export const attempt = (path) => request(path).catch(() => undefined);
