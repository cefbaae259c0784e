import type { IncomingHttpHeaders } from "node:http";

/** What a page of another origin may send. */
export const allowedHeaders = [
  "Accept",
  "Authorization",
  "Content-Type",
  "X-CSRF-Token",
  "X-Fern-Language",
  "X-Fern-SDK-Name",
  "X-Fern-SDK-Version",
  "X-Flipt-Namespace",
  "X-Flipt-Accept-Server-Version",
];

const allowedMethods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"];
const knownHeaders = new Set(allowedHeaders.map((name) => name.toLowerCase()));

interface CorsAnswer {
  headers: Record<string, string>;
  /** Whether the request only asks what is allowed, so that the headers are all of the answer. */
  preflight: boolean;
}

/**
 * What a cross-origin request is told, as recorded from v1.61.1: an origin that is not allowed gets the same status
 * without the headers, and of the headers browsers may read `Link` alone, so that no page of another origin sees an ETag.
 *
 * @param origins with at most one `*` each, which stands for any text; case means nothing
 */
export function corsAnswer(origins: readonly string[], method: string, headers: IncomingHttpHeaders): CorsAnswer {
  const { origin } = headers;
  const wanted = headers["access-control-request-method"];
  const allowed = origin !== undefined && origins.some((pattern) => matches(pattern, origin));
  if (method !== "OPTIONS" || wanted === undefined || origin === undefined)
    return { headers: { vary: "Origin", ...(allowed && simple(origins, origin)) }, preflight: false };
  const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
  const names = (headers["access-control-request-headers"] ?? "").match(/[^,\s]+/g) ?? [];
  const accepted =
    allowed && allowedMethods.includes(wanted) && names.every((name) => knownHeaders.has(name.toLowerCase()));
  return { headers: { vary, ...(accepted && permission(origins, origin, wanted, names)) }, preflight: true };
}

const named = (origins: readonly string[], origin: string): Record<string, string> => ({
  "access-control-allow-credentials": "true",
  "access-control-allow-origin": origins.includes("*") ? "*" : origin,
});

const simple = (origins: readonly string[], origin: string): Record<string, string> => ({
  ...named(origins, origin),
  "access-control-expose-headers": "Link",
});

const permission = (origins: readonly string[], origin: string, method: string, names: readonly string[]) => ({
  ...named(origins, origin),
  "access-control-allow-methods": method,
  ...(names.length > 0 && { "access-control-allow-headers": names.map(canonical).join(", ") }),
  "access-control-max-age": "300",
});

/** `x-flipt-namespace` as `X-Flipt-Namespace`. */
const canonical = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

function matches(pattern: string, origin: string): boolean {
  const [before = "", after] = pattern.toLowerCase().split("*", 2);
  const text = origin.toLowerCase();
  if (after === undefined) return text === before;
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}
