import { oneLine } from "./fault.ts";

/** An answer of Flipt's HTTP API. */
export interface Reply {
  status: number;
  etag: string | undefined;
  /** Parsed JSON; the text itself where it is none. */
  body: unknown;
}

/** Where an HTTP API is; with the headers that it wants in each request, where it wants any. They are never shown. */
export type Endpoint = string | { url: string; headers: Record<string, string> };

export const urlOf = (endpoint: Endpoint): string => (typeof endpoint === "string" ? endpoint : endpoint.url);

/** An endpoint that wants to be told a token. */
export const withToken = (url: string, token: string): Endpoint => ({
  url,
  headers: { authorization: `Bearer ${token}` },
});

export interface Request {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: object;
  headers?: Record<string, string>;
  /** Milliseconds; 5,000 when left out. */
  timeoutMs?: number;
}

/**
 * Asks one HTTP API.
 *
 * @throws {Error} `GET "URL": no answer (CAUSE)` when nothing came back; any status is an answer
 */
export async function ask(
  base: Endpoint,
  path: string,
  { method = "GET", body, headers, timeoutMs = 5000 }: Request = {},
): Promise<Reply> {
  const url = `${urlOf(base)}${path}`;
  const wanted = typeof base === "string" ? {} : base.headers;
  try {
    const response = await fetch(url, {
      method,
      headers: { ...wanted, ...(body && { "content-type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, etag: response.headers.get("etag") ?? undefined, body: parse(text) };
  } catch (error) {
    throw new Error(`${method} "${url}": no answer (${reason(error, timeoutMs)})`, { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // metrics, pages and the bare 404 are no JSON
  }
}

function reason(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return oneLine(error);
  if (error.name === "TimeoutError") return `timeout after ${timeoutMs} ms`;
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? `${cause.code as string}` : cause.message;
  return error.message;
}

/**
 * Asks and insists on a good answer.
 *
 * @throws {Error} with status and Flipt's own message for any other
 */
export async function demand<T = Record<string, unknown>>(
  base: Endpoint,
  path: string,
  request: Request = {},
): Promise<T> {
  const reply = await ask(base, path, request);
  if (reply.status === 200) return reply.body as T;
  throw new Error(`${request.method ?? "GET"} "${urlOf(base)}${path}": ${reply.status} ${message(reply)}`);
}

/** Flipt's own words in an answer that is no good one. */
export function message({ body }: Reply): string {
  if (body && typeof body === "object" && "message" in body) return oneLine(body);
  return typeof body === "string" ? body.trim().slice(0, 100) : JSON.stringify(body);
}

export interface Flag {
  key: string;
  name: string;
  type: "VARIANT_FLAG_TYPE" | "BOOLEAN_FLAG_TYPE";
  description: string;
  enabled: boolean;
  defaultVariant?: { id: string };
}

export const flagPath = (namespace: string, flag = ""): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/flags${flag && `/${encodeURIComponent(flag)}`}`;

/** The keys of all namespaces, in the order of the answer. */
export async function listNamespaces(base: Endpoint): Promise<string[]> {
  const { namespaces } = await demand<{ namespaces: { key: string }[] }>(base, "/api/v1/namespaces");
  return namespaces.map(({ key }) => key);
}

export async function listFlags(base: Endpoint, namespace: string): Promise<Flag[]> {
  const { flags } = await demand<{ flags: Flag[] }>(base, flagPath(namespace));
  return flags;
}

/** A flag, and the namespace that it is in. */
export interface Place {
  namespaceKey: string;
  flag: Flag;
}

/**
 * The first flag that is as wanted: of `default`, then of the other namespaces.
 *
 * @param wanted any flag will do when left out
 */
export async function findFlag(
  base: Endpoint,
  wanted: (place: Place) => boolean | Promise<boolean> = () => true,
): Promise<Place | undefined> {
  const keys = await listNamespaces(base);
  for (const namespaceKey of keys.sort((a, b) => Number(b === "default") - Number(a === "default"))) {
    for (const flag of await listFlags(base, namespaceKey))
      if (await wanted({ namespaceKey, flag })) return { namespaceKey, flag };
  }
  return undefined;
}

/** The first boolean flag that answers everybody what it is switched to: it has no rollouts. */
export const findSwitch = (base: Endpoint): Promise<Place | undefined> =>
  findFlag(base, async ({ namespaceKey, flag: { key, type } }) => {
    if (type !== "BOOLEAN_FLAG_TYPE") return false;
    const { rules } = await demand<{ rules: unknown[] }>(base, `${flagPath(namespaceKey, key)}/rollouts`);
    return rules.length === 0;
  });

/** Path and body of the question for one flag, by somebody called `me`. */
export function askFor({ namespaceKey, flag: { key, type } }: Place): { path: string; body: object } {
  const path = `/evaluate/v1/${type === "BOOLEAN_FLAG_TYPE" ? "boolean" : "variant"}`;
  return { path, body: { ...(namespaceKey !== "default" && { namespaceKey }), flagKey: key, entityId: "me" } };
}

/** Switches a flag on or off; an update replaces the whole flag, so everything else is sent along. */
export async function switchFlag(base: Endpoint, namespace: string, key: string, enabled: boolean): Promise<void> {
  const { name, description, defaultVariant } = await demand<Flag>(base, flagPath(namespace, key));
  const body = { name, description, enabled, ...(defaultVariant && { defaultVariantId: defaultVariant.id }) };
  await demand(base, flagPath(namespace, key), { method: "PUT", body });
}

/** The snapshot ETag of a namespace: on a sidecar its revision; on a master it moves with each write. */
export async function readEtag(base: Endpoint, namespace: string): Promise<string | undefined> {
  const reply = await ask(base, `/internal/v1/evaluation/snapshot/namespace/${encodeURIComponent(namespace)}`);
  return reply.status === 200 ? reply.etag : undefined;
}

/** The revision that a sidecar serves: all namespaces of a publication share it, and one that is not in it has none. */
export async function readRevision(sidecar: Endpoint): Promise<string | undefined> {
  for (const namespace of await listNamespaces(sidecar)) {
    const etag = await readEtag(sidecar, namespace);
    if (etag !== undefined) return etag;
  }
  return undefined;
}

/** When a sidecar has last loaded its source: `updatedAt` of the namespace default (recorded from v1.61.1). */
export async function readFreshness(sidecar: Endpoint): Promise<number> {
  const { updatedAt } = await demand<{ updatedAt: string }>(sidecar, "/api/v1/namespaces/default");
  return Date.parse(updatedAt);
}
