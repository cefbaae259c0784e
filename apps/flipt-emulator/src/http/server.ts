import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { deflateRawSync, gzipSync } from "node:zlib";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { Fault, invalid, quote } from "../fault.ts";
import { decode } from "./body.ts";
import { corsAnswer } from "./cors.ts";
import { failureAt, faultBody } from "./failure.ts";
import { pretty } from "./pretty.ts";
import type { Answer, Route } from "./route.ts";
import { createRouter, type Found } from "./router.ts";

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
const json = { "content-type": "application/json" };

/** gRPC limits a message to 4 MiB. */
const bodyLimit = 4 * 1024 * 1024;

/** A server, not yet listening, that answers routes in v1.61.1's protocol. */
export function createServer(routes: readonly Route[], options: Options = {}): FastifyInstance {
  const match = createRouter(routes);
  const app = fastify({
    bodyLimit,
    forceCloseConnections: "idle",
    frameworkErrors: (error, _, reply) => refuse(error, reply),
  });
  const { cors } = options;
  if (cors) app.addHook("onRequest", (request, reply, done) => crossOrigin(request, reply, cors, done));
  // the type that a caller names means nothing: every body is read as JSON, by the route that expects one
  app.addHook("onRequest", (request, _, done) => {
    if (request.headers["content-type"] !== undefined) request.headers["content-type"] = "application/json";
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_, body, done) => done(null, body));
  app.setErrorHandler((error: Error, _, reply) => refuse(error, reply));
  const handle = (request: FastifyRequest, reply: FastifyReply) => respond(request, reply, match, options);
  app.setNotFoundHandler(handle);
  app.all("/*", handle);
  return app;
}

function crossOrigin(request: FastifyRequest, reply: FastifyReply, origins: readonly string[], done: () => void): void {
  const { headers, preflight } = corsAnswer(origins, request.method, request.headers);
  reply.headers(headers);
  if (preflight) reply.code(200).send();
  else done();
}

/** What the framework refuses before a route is asked: a broken path, a body that is too long. */
function refuse(error: Error & { statusCode?: number }, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  return reply
    .code(status)
    .headers(json)
    .send(Buffer.from(JSON.stringify(faultBody(error))));
}

async function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  match: (method: string, path: string) => Found,
  options: Options,
): Promise<FastifyReply> {
  const mark = request.url.indexOf("?");
  const path = decodePath(mark < 0 ? request.url : request.url.slice(0, mark));
  const search = mark < 0 ? "" : request.url.slice(mark + 1);
  const query = new URLSearchParams(search);
  const found = path === "/health/" ? undefined : match(request.method, path);
  if (found === undefined) return send(request, reply, query, nothing(path));
  if (found === "other method")
    return send(request, reply, query, failureAt(path, new Fault(12, "Method Not Allowed")));
  return send(request, reply, query, await call(found, path, request, search, options));
}

function decodePath(path: string): string {
  try {
    return path.includes("%") ? decodeURIComponent(path) : path;
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

async function call(
  { route, params }: Exclude<Found, string | undefined>,
  path: string,
  { headers, body: text }: FastifyRequest,
  search: string,
  { observe, admit }: Options,
): Promise<Answer> {
  const start = performance.now();
  let error: Error | undefined;
  try {
    checkEscapes(search);
    const body = route.message ? decode(route.message, typeof text === "string" ? text : "") : {};
    // after the body, whose faults are told to everybody (recorded)
    if (!route.open) admit?.(headers);
    return await route.handle({ params, query: new URLSearchParams(search), body, headers });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return failureAt(path, error);
  } finally {
    observe?.({ operation: route.operation, seconds: (performance.now() - start) / 1000, error });
  }
}

function nothing(path: string): Answer {
  if (areas.test(path)) return failureAt(path, new Fault(5, "Not Found"));
  return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "404 page not found\n" };
}

function send(request: FastifyRequest, reply: FastifyReply, query: URLSearchParams, answer: Answer): FastifyReply {
  const { status = 200, headers = {}, body } = answer;
  reply.code(status);
  if (body === undefined) return reply.headers(headers).send();
  reply.headers(typeof body === "string" ? headers : { ...json, ...headers });
  const text = typeof body === "string" ? body : write(body, request, query);
  const encoding = encodingOf(request.headers["accept-encoding"]);
  if (encoding === undefined) return sendText(reply, text);
  const compressed = encoding === "gzip" ? gzipSync(text, { level: 1 }) : deflateRawSync(text, { level: 1 });
  const vary = [reply.getHeader("vary"), "Accept-Encoding"].filter(Boolean).join(", ");
  return reply.headers({ "content-encoding": encoding, vary }).send(compressed);
}

/** Without the framework, which would add a charset to the content type; head and text leave in one write. */
function sendText(reply: FastifyReply, text: string): FastifyReply {
  const headers = { ...reply.getHeaders(), "content-length": Buffer.byteLength(text) };
  reply.hijack();
  reply.raw.writeHead(reply.statusCode, headers as OutgoingHttpHeaders);
  reply.raw.end(text);
  return reply;
}

/** gzip before deflate, whatever their weights (recorded). */
function encodingOf(accepted: string | string[] | undefined): "gzip" | "deflate" | undefined {
  const names = String(accepted ?? "").toLowerCase();
  if (names.includes("gzip")) return "gzip";
  return names.includes("deflate") ? "deflate" : undefined;
}

function write(body: object, request: FastifyRequest, query: URLSearchParams): string {
  const wanted = query.has("pretty") || request.headers.accept === "application/json+pretty";
  return wanted ? pretty(body) : JSON.stringify(body);
}
