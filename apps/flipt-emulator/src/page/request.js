/** Asks the API; a refusal is an error with the API's own words. */
export async function ask(path, options) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10_000), ...options });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message ?? `status ${answer.status}`);
  return body;
}

/** Sends a body. */
export const send = (method, path, body) =>
  ask(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const namespacePath = (namespaceKey, ...rest) =>
  `api/v1/namespaces/${[namespaceKey, ...rest].map(encodeURIComponent).join("/")}`;
