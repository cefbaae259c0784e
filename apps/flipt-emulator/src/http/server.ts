import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Fault, invalid, quote } from "../fault.ts";
import { decode } from "./body.ts";
import { corsAnswer } from "./cors.ts";
import { failureAt } from "./failure.ts";
import { decodeQuery } from "./query.ts";
import { refuse, refuseUnparsed } from "./refusal.ts";
import type { Answer, Route } from "./route.ts";
import { createRouter, type Match } from "./router.ts";
import { type Exchange, send } from "./send.ts";

/** What is told of each call that met a route. */
export type Observer = (call: { operation: Route["operation"]; seconds: number; error?: Error | undefined }) => void;

export interface Options {
  observe?: Observer;
  /** Throws what is answered to who may not ask; routes that are open ask everybody in. */
  admit?(headers: IncomingHttpHeaders): void;
  /** Origins that browsers may call from; every answer and every preflight then says so. */
  cors?: readonly string[] | undefined;
}

/** These answer in JSON, all else as a file server would. */
const areas = /^\/(api\/v1|evaluate\/v1|internal\/v1|ofrep|meta|health|auth\/v1)(\/|$)/;

/** How long a connection may be idle. */
const keepAliveTimeout = 72_000;

/**
 * A server, not yet listening, that answers routes in v1.61.1's protocol. It stands on node:http alone: a framework costs
 * more than an evaluation, and what it would add (limits, media types, errors in its own words) is not Flipt's.
 */
export function createServer(routes: readonly Route[], options: Options = {}): Server {
  const match = createRouter(routes);
  const server = createHttpServer({ keepAliveTimeout, requireHostHeader: false }, (request, response) =>
    receive({ request, response, server, query: nothing }, match, options),
  );
  return server.on("clientError", refuseUnparsed);
}

function receive(
  exchange: Exchange,
  match: (method: string, path: string) => Match | "other method" | undefined,
  options: Options,
): void {
  const { request, response } = exchange;
  const { url = "", method = "", headers, httpVersion } = request;
  if (headers.host === undefined && httpVersion === "1.1") {
    refuse(response, "400 Bad Request: missing required Host header");
    return;
  }
  if (options.cors && allowOrigin(request, response, options.cors)) return;
  const mark = url.indexOf("?");
  const path = decodePath(pathOf(mark < 0 ? url : url.slice(0, mark)));
  if (path === undefined) {
    refuse(response, "400 Bad Request");
    return;
  }
  const search = mark < 0 ? "" : url.slice(mark + 1);
  if (search !== "") exchange.query = new URLSearchParams(search);
  const found = path === "/health/" ? undefined : match(method, path);
  if (found === undefined) send(exchange, unknown(path));
  else if (found === "other method") send(exchange, failureAt(path, new Fault(12, "Method Not Allowed")));
  else if (found.route.message) readBody(request, (text) => call(exchange, found, path, search, text, options));
  else call(exchange, found, path, search, "", options);
}

function readBody(request: IncomingMessage, use: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => use((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString()));
}

const nothing = new URLSearchParams();

/** Tells browsers what other origins may do; whether that was all that they asked. */
function allowOrigin({ method = "", headers }: IncomingMessage, response: ServerResponse, origins: readonly string[]) {
  const told = corsAnswer(origins, method, headers);
  for (const [name, value] of Object.entries(told.headers)) response.setHeader(name, value);
  if (told.preflight) response.end();
  return told.preflight;
}

/** The path of a request line's target, which may be a whole URL. */
const pathOf = (target: string): string =>
  target.startsWith("http://") ? (/^http:\/\/[^/]*(\/.*)?$/.exec(target)?.[1] ?? "/") : target;

/** A path as the router takes it; undefined for a `%` without two digits. */
function decodePath(path: string): string | undefined {
  if (!path.includes("%")) return path;
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    // not UTF-8: no key holds such bytes
    return path;
  }
}

/** @throws {Fault} 400 for a `%` without two digits */
function checkEscapes(search: string): void {
  const broken = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(search);
  if (broken) throw invalid(`invalid URL escape ${quote(broken[0])}`);
}

function call(
  exchange: Exchange,
  { route, params }: Match,
  path: string,
  search: string,
  text: string,
  options: Options,
) {
  const { observe, admit } = options;
  const { query, request } = exchange;
  const { headers } = request;
  const start = performance.now();
  let answer: Answer;
  let error: Error | undefined;
  try {
    if (route.query) checkEscapes(search);
    const body = route.message
      ? decode(route.message, text)
      : route.query
        ? decodeQuery(route.query, query, params)
        : {};
    // after the body, whose faults are told to everybody (recorded)
    if (!route.open) admit?.(headers);
    answer = route.handle({ params, body, headers });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown : new Error(JSON.stringify(thrown));
    answer = failureAt(path, error);
  }
  observe?.({ operation: route.operation, seconds: (performance.now() - start) / 1000, error });
  send(exchange, answer);
}

function unknown(path: string): Answer {
  if (areas.test(path)) return failureAt(path, new Fault(5, "Not Found"));
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return { status: 404, headers, body: "404 page not found\n" };
}
