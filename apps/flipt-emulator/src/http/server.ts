import { gzipSync } from "node:zlib";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { Fault } from "../fault.ts";
import { decode } from "./body.ts";
import { pretty } from "./pretty.ts";
import type { Answer, Route } from "./route.ts";
import { createRouter, type Found } from "./router.ts";

/** What is told of each call that met a route. */
export type Observer = (call: { operation: Route["operation"]; seconds: number; error?: Error | undefined }) => void;

export interface Options {
  /** The `/auth/v1`, `/api/v1`, … areas answer in JSON, all else as a file server would. */
  observe?: Observer;
}

const areas = /^\/(api\/v1|evaluate\/v1|internal\/v1|ofrep|meta|health|auth\/v1)(\/|$)/;
const json = { "content-type": "application/json" };

/** gRPC limits a message to 4 MiB. */
const bodyLimit = 4 * 1024 * 1024;

/** A server, not yet listening, that answers routes in v1.61.1's protocol. */
export function createServer(routes: readonly Route[], { observe }: Options = {}): FastifyInstance {
  const match = createRouter(routes);
  const app = fastify({
    bodyLimit,
    forceCloseConnections: "idle",
    frameworkErrors: (error, _, reply) => refuse(error, reply),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_, body, done) => done(null, body));
  app.setErrorHandler((error: Error, _, reply) => refuse(error, reply));
  const handle = (request: FastifyRequest, reply: FastifyReply) => respond(request, reply, match, observe);
  app.setNotFoundHandler(handle);
  app.all("/*", handle);
  return app;
}

/** What the framework refuses before a route is asked: a broken path, a body that is too long. */
function refuse(error: Error & { statusCode?: number }, reply: FastifyReply): FastifyReply {
  return reply
    .code(error.statusCode ?? 500)
    .headers(json)
    .send(faultBody(error));
}

async function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  match: (method: string, path: string) => Found,
  observe: Observer | undefined,
): Promise<FastifyReply> {
  const mark = request.url.indexOf("?");
  const path = decodePath(mark < 0 ? request.url : request.url.slice(0, mark));
  const query = new URLSearchParams(mark < 0 ? "" : request.url.slice(mark + 1));
  const found = path === "/health/" ? undefined : match(request.method, path);
  if (found === undefined) return send(request, reply, query, nothing(path));
  if (found === "other method") return send(request, reply, query, failure(new Fault(12, "Method Not Allowed")));
  return send(request, reply, query, await call(found, request, query, observe));
}

function decodePath(path: string): string {
  try {
    return path.includes("%") ? decodeURIComponent(path) : path;
  } catch {
    // not UTF-8: no key holds such bytes
    return path;
  }
}

async function call(
  { route, params }: Exclude<Found, string | undefined>,
  { headers, body: text }: FastifyRequest,
  query: URLSearchParams,
  observe: Observer | undefined,
): Promise<Answer> {
  const start = performance.now();
  let error: Error | undefined;
  try {
    const body = route.message ? decode(route.message, typeof text === "string" ? text : "") : {};
    return await route.handle({ params, query, body, headers });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return failure(error);
  } finally {
    observe?.({ operation: route.operation, seconds: (performance.now() - start) / 1000, error });
  }
}

const faultBody = (error: Error): object => ({
  code: error instanceof Fault ? error.code : 13,
  message: error.message,
  details: [],
});

const failure = (error: Error): Answer => ({
  status: error instanceof Fault ? error.status : 500,
  body: faultBody(error),
});

function nothing(path: string): Answer {
  if (areas.test(path)) return failure(new Fault(5, "Not Found"));
  return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "404 page not found\n" };
}

function send(request: FastifyRequest, reply: FastifyReply, query: URLSearchParams, answer: Answer): FastifyReply {
  const { status = 200, headers = {}, body } = answer;
  reply.code(status);
  if (body === undefined) return reply.headers(headers).send();
  reply.headers(typeof body === "string" ? headers : { ...json, ...headers });
  const text = typeof body === "string" ? body : write(body, request, query);
  // a buffer, since the framework would add a charset to the content type of a string
  if (!String(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(Buffer.from(text));
  return reply.headers({ "content-encoding": "gzip", vary: "Accept-Encoding" }).send(gzipSync(text, { level: 1 }));
}

function write(body: object, request: FastifyRequest, query: URLSearchParams): string {
  const wanted = query.has("pretty") || request.headers.accept === "application/json+pretty";
  return wanted ? pretty(body) : JSON.stringify(body);
}
