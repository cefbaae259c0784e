const silent = "the application itself does not answer: is it running?";

/**
 * Asks this application's API. An answer that carries evaluations is an answer, whatever its status.
 *
 * @throws {Error} one line: the API's own message, or that the application does not answer
 */
export async function request(path, body, method = body ? "POST" : "GET") {
  const options = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(70_000) }).catch((cause) => {
    throw new Error(silent, { cause });
  });
  const answer = await response.json();
  if (answer.error) throw new Error(answer.error.message);
  return answer;
}

/** The same, or undefined when there is no answer. */
export const attempt = (path) => request(path).catch(() => undefined);

/**
 * Follows a stream of observations; the browser itself connects anew when it breaks.
 *
 * @returns what ends it
 */
export function follow(path, see, fail) {
  const source = new EventSource(path);
  source.addEventListener("observation", ({ data }) => see(JSON.parse(data)));
  source.addEventListener("error", async () => {
    if (source.readyState !== EventSource.CLOSED) return fail(silent);
    // an EventSource does not tell why it was refused
    const response = await fetch(path).catch(() => undefined);
    if (!response || response.ok) return fail(silent);
    fail((await response.json()).error.message);
  });
  return () => source.close();
}
