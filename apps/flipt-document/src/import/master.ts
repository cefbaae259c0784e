/** Asks the management API of a master and returns the JSON of a 200; undefined for a 404. */
export type Send = (method: "GET" | "POST" | "PUT", path: string, body?: object) => Promise<unknown>;

/** A path of the management API below a namespace. */
export const at = (namespace: string, ...names: string[]): string =>
  ["/api/v1/namespaces", ...[namespace, ...names].map(encodeURIComponent)].join("/");

/** The master says that what it was sent is wrong, or holds something else than the document: another try would end the same. */
export class Refusal extends Error {}

const requestMs = 30_000;

// Metadata is the only place of such an integer; a master keeps its numbers with 53 bits.
const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);

/**
 * A way to the master at an address.
 *
 * @param headers sent with each request; never shown
 * @param signal ends what is under way
 */
export function openMaster(url: string, headers: Record<string, string>, signal?: AbortSignal): Send {
  const base = url.replace(/\/$/, "");
  return async (method, path, body) => {
    const what = `${method} "${base}${path}"`;
    const limit = AbortSignal.timeout(requestMs);
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body, plain),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((error: Error & { cause?: { code?: string } }) => {
        signal?.throwIfAborted();
        throw new Error(`${what}: no answer (${error.cause?.code ?? error.message})`, { cause: error });
      });
    if (answer.status === 404 && method === "GET") return undefined;
    if (answer.status === 200) return JSON.parse(answer.text);
    const [, said = ""] = answer.text.match(/"message":\s*"((?:[^"\\]|\\.)*)"/) ?? [];
    const line = `${what}: ${answer.status} ${said}`.trim();
    throw answer.status === 400 ? new Refusal(line) : new Error(line);
  };
}
